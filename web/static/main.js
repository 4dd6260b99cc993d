// Improves pages that work without it.
import { guardComposition } from "./composition.js";
import { endDraft, keepDraft } from "./draft.js";
import { remember, showHistory } from "./history.js";
import { dropZone, live } from "./live.js";
import { suggest } from "./suggest.js";

for (const form of document.querySelectorAll("form[data-ask]")) guardComposition(form);
for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);
for (const page of document.querySelectorAll("[data-live]")) live(page);
for (const form of document.querySelectorAll("form[data-drop]")) dropZone(form);
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);
for (const form of document.querySelectorAll("form[data-look]")) import("./look.js").then((own) => own.lookAsTyped(form));
for (const button of document.querySelectorAll("[data-end-draft]")) endDraft(button);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => { print(); });
}
remember();
for (const button of document.querySelectorAll("[data-keep]")) import("./saved.js").then((own) => own.keepSearch(button));
for (const list of document.querySelectorAll("[data-saved]")) import("./saved.js").then((own) => own.showSaved(list));
for (const section of document.querySelectorAll("[data-history]")) showHistory(section);
