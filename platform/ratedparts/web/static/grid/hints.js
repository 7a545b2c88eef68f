// The line below the table: what the cell is, what it may hold, what is wrong with it, and words to choose.

const MOST_WORDS = 10; // as buttons

export class Hints {
  constructor(cells, line, history, block) {
    this.cells = cells;
    this.line = line;
    this.at = null;
    line.addEventListener("click", (event) => {
      const word = event.target.closest("[data-word]");
      if (word) history.apply(block.changes(() => word.dataset.word));
    });
  }

  show(place) {
    if (this.at) this.cells.input(this.at.row, this.at.column).removeAttribute("aria-describedby");
    this.at = place;
    this.cells.input(place.row, place.column).setAttribute("aria-describedby", this.line.id);
    this.refresh();
  }

  refresh() {
    if (!this.at) return;
    const heading = this.cells.headings[this.at.column];
    const { choices, name } = heading.dataset;
    const words = choices ? choices.split("\n") : [];
    // As buttons they say it all themselves, but for 0 and 1.
    const offered = words.length > 0 && words.length !== 2 && words.length <= MOST_WORDS;
    const parts = [element("code", name), offered ? "" : ` ${heading.title}`];
    if (words.length <= MOST_WORDS) parts.push(...words.map((word) => choice(word)));
    const { title } = this.cells.input(this.at.row, this.at.column);
    if (title) parts.push(element("strong", title));
    this.line.replaceChildren(...parts);
    this.line.hidden = false;
  }
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function choice(word) {
  const button = element("button", word);
  button.type = "button";
  button.dataset.word = word;
  button.className = "quiet";
  return button;
}
