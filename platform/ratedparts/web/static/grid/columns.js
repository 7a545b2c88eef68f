// Columns that a laboratory does not use can be folded away; the browser remembers which of a protocol.

export class Columns {
  constructor(cells, fieldset, protocol) {
    this.cells = cells;
    this.boxes = [...fieldset.querySelectorAll("input")];
    this.key = `folded columns ${protocol}`;
    this.sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
    const remembered = this.remembered() ?? ["plan_id"];
    this.fold((column) => remembered.includes(cells.names[column]) && this.blank(column));
    fieldset.addEventListener("change", () => this.apply());
  }

  remembered() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  // Holding nothing but what every row of the plan says.
  blank(column) {
    const fixed = this.cells.headings[column].dataset.fixed || "";
    return Array.from({ length: this.cells.rows }, (_, row) => this.cells.text(row, column)).every(
      (text) => text === fixed || text === "",
    );
  }

  foldBlank() {
    this.fold((column) => this.blank(column));
  }

  fold(wanted) {
    for (const box of this.boxes) box.checked = !wanted(Number(box.dataset.column));
    this.apply();
  }

  // A column that holds something, or a fault, is never out of sight.
  show(columns) {
    const hidden = this.boxes.filter((box) => !box.checked && columns.has(Number(box.dataset.column)));
    for (const box of hidden) box.checked = true;
    if (hidden.length) this.apply();
  }

  apply() {
    const folded = this.boxes.filter((box) => !box.checked).map((box) => Number(box.dataset.column));
    this.cells.folded = new Set(folded);
    const rules = folded.map((column) => `#grid tr > :nth-child(${column + 2}) { display: none }`);
    this.sheet.replaceSync(rules.join("\n"));
    try {
      localStorage.setItem(this.key, JSON.stringify(folded.map((column) => this.cells.names[column])));
    } catch {
      // Then it is chosen anew the next time.
    }
  }
}
