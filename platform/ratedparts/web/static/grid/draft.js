// What was typed for a plan and not handed in yet, kept in this browser.

const key = (plan) => `typed results ${plan}`;

export function keep(plan, rows) {
  try {
    localStorage.setItem(key(plan), JSON.stringify({ at: Date.now(), rows }));
    return true;
  } catch {
    return false; // the browser keeps nothing, or has no room
  }
}

// The draft, if there is one that fits a table so many columns wide.
export function kept(plan, columns) {
  try {
    const draft = JSON.parse(localStorage.getItem(key(plan)));
    const fits = draft.rows.length > 0 && draft.rows.every((row) => row.length === columns && row.every(isText));
    return fits ? draft : null;
  } catch {
    return null; // none, or one that cannot be read
  }
}

export function forget(plan) {
  try {
    localStorage.removeItem(key(plan));
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function isText(cell) {
  return typeof cell === "string";
}
