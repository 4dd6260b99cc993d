// Shows the ingest as it runs, and takes in the new list when it is done.

/** Keeps `page` up to date; its data-live is the address of the events. */
export function live(page) {
  const source = new EventSource(page.dataset.live);
  let generation = Number(page.dataset.generation);
  let running = false;
  source.addEventListener("message", async (event) => {
    const state = JSON.parse(event.data);
    const changed = state.generation !== generation;
    const ended = running && !state.running;
    ({ generation, running } = state);
    const bar = page.querySelector("[data-progress]");
    bar.hidden = !state.running;
    if (state.running) {
      bar.querySelector("progress").max = Math.max(state.total, 1);
      bar.querySelector("progress").value = state.done;
      bar.querySelector("[data-done]").textContent = state.total ? `${state.done} / ${state.total}` : "";
      bar.querySelector("[data-current]").textContent = state.current;
    }
    follow(page.querySelector("[data-reading]"), state.read, state.to_read);
    follow(page.querySelector("[data-recognising]"), state.recognised, state.to_recognise);
    if (ended || (changed && !state.running)) await takeIn(page);
  });
  addEventListener("pagehide", () => { source.close(); });
}

/** Shows how far work in the background is, and nothing when none waits. */
function follow(line, done, total) {
  line.hidden = done === total;
  line.querySelector("[data-read]").textContent = `${done.toLocaleString()} / ${total.toLocaleString()}`;
}

/** Replaces the counts and lists, unless somebody is in the middle of one. */
async function takeIn(page) {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector('[data-part="read"]')) { location.reload(); return; }
  for (const old of page.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${old.dataset.part}"]`);
    if (next && !old.contains(document.activeElement)) old.replaceWith(next);
  }
}

/** Lets files be dropped anywhere on the page, so that none lands beside `form` and is opened by the
 * browser instead; its own field and button work without this. */
export function dropZone(form) {
  const input = form.querySelector("input[type=file]");
  const hasFiles = (event) => event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("over"); // out of the window
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
