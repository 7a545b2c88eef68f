// Asks the checker about the table as it stands, and shows at each cell what it says.

const LATER = 5000; // milliseconds, after a check that was not answered

export class Checking {
  constructor(form, cells, columns) {
    this.form = form;
    this.cells = cells;
    this.columns = columns;
    this.marked = [];
    this.asked = null;
  }

  async ask() {
    clearTimeout(this.again);
    this.asked?.abort();
    this.asked = new AbortController();
    this.form.classList.add("asking");
    try {
      const answer = await fetch(this.form.dataset.check, {
        method: "POST",
        redirect: "manual",
        signal: this.asked.signal,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.csrf_token.value },
        body: JSON.stringify({ rows: this.cells.texts() }),
      });
      this.form.classList.remove("asking");
      if (answer.ok) this.show(await answer.json());
      else await this.explain(answer);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.form.classList.remove("asking");
      this.say(this.form.dataset.unreachable);
      this.again = setTimeout(() => this.ask(), LATER);
    }
  }

  async explain(answer) {
    const programs = (answer.headers.get("Content-Type") || "").startsWith("application/problem+json");
    const told = programs ? await answer.json() : null;
    if (answer.status === 401 || answer.status === 400) this.say(this.form.dataset.signedOut);
    else this.say(told ? told.title : this.form.dataset.unreachable);
    if (answer.status === 429 || answer.status >= 500) this.again = setTimeout(() => this.ask(), LATER);
  }

  say(sentence) {
    const said = document.getElementById("said");
    if (said.textContent.trim() !== sentence) said.textContent = sentence;
  }

  show(answer) {
    this.say(unescaped(answer.said));
    replace("listed", answer.listed);
    replace("lives", answer.lives);
    this.mark(answer.faults);
    const left = new Set(answer.left_out);
    for (let row = 0; row < this.cells.rows; row++) {
      this.cells.body.rows[row].classList.toggle("left-out", left.has(row));
    }
    this.form.dispatchEvent(new CustomEvent("checked"));
  }

  mark(faults) {
    for (const element of this.marked) unmark(element);
    this.marked = [];
    const columns = new Set();
    for (const { cell, message, unfinished } of faults) {
      const [row, column] = cell;
      if (row === null || row >= this.cells.rows) continue;
      const shown = column === null ? this.cells.heading(row) : this.cells.input(row, column);
      const around = column === null ? shown : shown.parentElement;
      shown.title = shown.title ? `${shown.title} ${message}` : message;
      if (column !== null) shown.setAttribute("aria-invalid", "true");
      if (!unfinished) around.classList.replace("unfinished", "wrong-cell");
      if (!around.classList.contains("wrong-cell")) around.classList.add(unfinished ? "unfinished" : "wrong-cell");
      this.marked.push(shown);
      if (column !== null && !unfinished) columns.add(column);
    }
    this.columns.show(columns);
  }

  // What the server had marked when the page came.
  adopt() {
    this.marked = [...this.cells.body.querySelectorAll("[title]")];
  }
}

function unmark(element) {
  element.removeAttribute("title");
  element.removeAttribute("aria-invalid");
  (element.tagName === "TH" ? element : element.parentElement).classList.remove("wrong-cell", "unfinished");
}

function replace(id, markup) {
  const section = document.getElementById(id);
  const open = section.querySelector("details")?.open;
  section.innerHTML = markup; // the server's own page, with every value escaped there
  const details = section.querySelector("details");
  if (open && details) details.open = true;
}

function unescaped(markup) {
  return new DOMParser().parseFromString(markup, "text/html").body.textContent.trim().replace(/\s+/g, " ");
}
