// Searches that are kept in this browser, with the ids of the cases that were seen in each.

const KEY = "dxkb.saved";

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  } catch {
    return {}; // storage is switched off, or holds something else
  }
}

function write(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch { /* storage is switched off */ }
}

async function look(base, address) {
  const answer = await fetch(`${base}?${address}`);
  return answer.ok ? answer.json() : { label: address, ids: [] };
}

/** `button` keeps the search of its page, or forgets it; a search that is kept has been seen now. */
export async function keepSearch(button) {
  const { address, ids } = button.dataset;
  const show = () => {
    button.textContent = address in read() ? button.dataset.kept : button.dataset.keep;
    button.setAttribute("aria-pressed", String(address in read()));
  };
  button.hidden = false;
  show();
  const see = async () => { const { label, ids: seen } = await look(ids, address); write({ ...read(), [address]: { label, seen } }); };
  if (address in read()) see().catch(() => {});
  button.addEventListener("click", async () => {
    if (address in read()) {
      const kept = read();
      delete kept[address];
      write(kept);
    } else await see().catch(() => {});
    show();
  });
}

/** Fills `list` with the kept searches and how many cases are new in each. */
export async function showSaved(list) {
  const none = document.querySelector("[data-saved-none]");
  const all = Object.entries(read());
  none.hidden = all.length > 0;
  for (const [address, { label, seen }] of all) {
    const link = document.createElement("a");
    link.href = `/?${address}`;
    link.textContent = label;
    link.lang = "ja";
    const told = document.createElement("b");
    const forget = document.createElement("button");
    forget.type = "button";
    forget.className = "link";
    forget.textContent = list.dataset.forget;
    forget.setAttribute("aria-label", `${list.dataset.forget}: ${label}`);
    const item = document.createElement("li");
    const line = document.createElement("p");
    line.className = "name";
    line.append(link, " ", told, " ", forget);
    item.append(line);
    list.append(item);
    forget.addEventListener("click", () => {
      const kept = read();
      delete kept[address];
      write(kept);
      item.remove();
      none.hidden = Object.keys(kept).length > 0;
    });
    look(list.dataset.saved, address).then(({ ids }) => {
      const fresh = ids.filter((id) => !(seen ?? []).includes(id)).length;
      told.textContent = fresh ? list.dataset.new.replace("%", fresh) : list.dataset.nothing;
    }).catch(() => {});
  }
}
