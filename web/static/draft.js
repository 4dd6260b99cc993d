// What was written into a form, kept until the tab is closed: moving a case, or a look at one, loads
// the page anew. Nothing is sent anywhere.

const KEY = "dxkb.draft";

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(KEY + name) ?? "{}") ?? {};
  } catch {
    return {}; // storage is switched off, or holds something else
  }
}

function write(name, draft) {
  try {
    sessionStorage.setItem(KEY + name, JSON.stringify(draft));
  } catch { /* storage is switched off */ }
}

/** Fills `form` with what was written into it before, and keeps what is written now, under the name in
 * its data-draft. */
export function keepDraft(form) {
  const name = form.dataset.draft;
  const draft = read(name);
  for (const field of form.querySelectorAll("input:not([type=hidden], [type=radio]), textarea")) {
    if (typeof draft[field.name] === "string") field.value = draft[field.name];
    field.addEventListener("input", () => { write(name, { ...read(name), [field.name]: field.value }); });
  }
}

/** Pressing `button` ends the work that the draft belongs to. */
export function endDraft(button) {
  button.addEventListener("click", () => { write(button.dataset.endDraft, {}); });
}
