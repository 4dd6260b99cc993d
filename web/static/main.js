// Improves pages that work without it.
import { guardComposition } from "./composition.js";

for (const form of document.querySelectorAll("form[data-ask]")) guardComposition(form);
