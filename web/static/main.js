// Improves pages that work without it.
import { guardComposition } from "./composition.js";
import { remember, showHistory } from "./history.js";
import { suggest } from "./suggest.js";

for (const form of document.querySelectorAll("form[data-ask]")) guardComposition(form);
for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);
remember();
for (const section of document.querySelectorAll("[data-history]")) showHistory(section);
