// A form that is looked at while it is written; the server says what there is to say.

const WAIT = 700; // milliseconds after the last key

/** Shows what the address in data-look says of `form` in its [data-looked]: of what is typed, was typed before this
 * came, or is a draft. */
export function lookAsTyped(form) {
  const told = form.querySelector("[data-looked]");
  let timer = 0;
  let request = new AbortController();
  async function look() {
    request.abort();
    request = new AbortController();
    try {
      const sent = { method: "POST", body: new FormData(form), signal: request.signal };
      const answer = await fetch(form.dataset.look, sent);
      if (!answer.ok || told.contains(document.activeElement)) return;
      told.innerHTML = await answer.text();
      told.hidden = told.textContent.trim() === "";
    } catch { /* typed on, or offline: the button looks, too */ }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  if ([...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue)) look();
}
