// Improves pages that work without it.
import { guardComposition } from "./composition.js";
import { remember, showHistory } from "./history.js";
import { dropZone, live } from "./live.js";
import { suggest } from "./suggest.js";

for (const form of document.querySelectorAll("form[data-ask]")) guardComposition(form);
for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);
for (const page of document.querySelectorAll("[data-live]")) live(page);
for (const form of document.querySelectorAll("form[data-drop]")) dropZone(form);
remember();
for (const section of document.querySelectorAll("[data-history]")) showHistory(section);
