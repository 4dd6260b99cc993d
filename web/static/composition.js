// Enter that confirms a kana-kanji conversion must not submit the form.
// Safari ends the composition before the key arrives, so the tick after it counts as composing too.

const PROCESSED_BY_IME = 229;

/** Keeps `form` from being submitted while a conversion is open. */
export function guardComposition(form) {
  let composing = false;
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { setTimeout(() => { composing = false; }); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.keyCode !== PROCESSED_BY_IME) return;
    if (composing || event.isComposing || event.keyCode === PROCESSED_BY_IME) {
      if (event.key === "Enter") event.preventDefault();
    }
  });
  form.addEventListener("submit", (event) => { if (composing) event.preventDefault(); });
}
