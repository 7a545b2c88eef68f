// The table of inputs as rows and columns, both counted from 0.  The row headings are not counted.

export class Cells {
  constructor(table, most, full) {
    this.body = table.tBodies[0];
    this.headings = [...table.tHead.rows[0].cells].slice(1);
    this.names = this.headings.map((heading) => heading.dataset.name);
    this.folded = new Set(); // columns out of sight
    this.most = most;
    this.full = full; // told when no further row fits
  }

  get rows() {
    return this.body.rows.length;
  }

  get columns() {
    return this.headings.length;
  }

  input(row, column) {
    return this.body.rows[row].cells[column + 1].firstElementChild;
  }

  heading(row) {
    return this.body.rows[row].cells[0];
  }

  text(row, column) {
    return this.input(row, column).value;
  }

  texts() {
    return [...this.body.rows].map((_, row) => this.headings.map((_, column) => this.text(row, column)));
  }

  place(input) {
    const cell = input.closest("td");
    return cell && { row: cell.parentElement.sectionRowIndex, column: cell.cellIndex - 1 };
  }

  write(row, column, text) {
    const input = this.input(row, column);
    if (input.value !== text) input.value = text;
  }

  // The columns in sight from `column` on.
  shown(column = 0) {
    return this.headings.map((_, place) => place).filter((place) => place >= column && !this.folded.has(place));
  }

  // Rows like the last one, holding only what every row of the plan says.  How many there were room for.
  add(count) {
    const room = Math.min(count, this.most - this.rows);
    for (let added = 0; added < room; added++) {
      const row = this.rows;
      const last = this.body.rows[row - 1];
      const next = last.cloneNode(true);
      next.className = "left-out";
      next.cells[0].id = `r${row}`;
      clear(next.cells[0]);
      this.headings.forEach((heading, column) => {
        const cell = next.cells[column + 1];
        const input = cell.firstElementChild;
        clear(cell);
        clear(input);
        input.name = `${row}.${column}`;
        input.value = heading.dataset.fixed || "";
        input.setAttribute("aria-labelledby", `h${column} r${row}`);
      });
      this.body.append(next);
      this.relabel(row);
    }
    if (room < count) this.full();
    return room;
  }

  // The heading of a row says which unit it is, and when or what was measured.
  relabel(row) {
    const naming = ["unit_id", "readout", "parameter"].map((name) => this.names.indexOf(name));
    const words = naming.filter((column) => column >= 0).map((column) => this.text(row, column));
    this.heading(row).replaceChildren(`${row + 1} `, span(words.join(" ")));
  }
}

function span(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}

function clear(element) {
  for (const name of ["title", "aria-invalid", "aria-describedby", "class"]) element.removeAttribute(name);
  if (element.tagName !== "TH") element.removeAttribute("id");
}
