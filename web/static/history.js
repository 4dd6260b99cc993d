// What was searched for lately, kept in this browser and nowhere else.

const KEY = "dxkb.history";
const MOST = 8;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((item) => typeof item === "string") : [];
  } catch {
    return []; // storage is switched off, or holds something else
  }
}

function write(queries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(queries));
  } catch { /* storage is switched off */ }
}

/** Notes the query of this page if it had answers. */
export function remember() {
  const query = new URLSearchParams(location.search).get("q")?.trim();
  if (!query || query.length > 200 || !document.querySelector("#found")) return;
  write([query, ...read().filter((kept) => kept !== query)].slice(0, MOST));
}

/** Fills `section` with links to the kept queries; it stays hidden when there are none. */
export function showHistory(section) {
  const queries = read();
  const list = section.querySelector("ul");
  for (const query of queries) {
    const link = document.createElement("a");
    link.href = `/?${new URLSearchParams({ q: query })}`;
    link.textContent = query;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  section.hidden = queries.length === 0;
  section.querySelector("button").addEventListener("click", () => {
    write([]);
    section.hidden = true;
    document.getElementById("q")?.focus();
  });
}
