// The marked block of cells: from where it was begun to the cell that has the focus.

export class Block {
  constructor(cells) {
    this.cells = cells;
    this.begin = this.end = { row: 0, column: 0 };
    this.painted = [];
  }

  at(place) {
    this.begin = this.end = place;
    this.paint();
  }

  to(place) {
    this.end = place;
    this.paint();
  }

  all() {
    this.begin = { row: 0, column: 0 };
    this.to({ row: this.cells.rows - 1, column: this.cells.columns - 1 });
  }

  get single() {
    return this.begin.row === this.end.row && this.begin.column === this.end.column;
  }

  get top() {
    return Math.min(this.begin.row, this.end.row);
  }

  get rows() {
    const bottom = Math.max(this.begin.row, this.end.row);
    return Array.from({ length: bottom - this.top + 1 }, (_, index) => this.top + index);
  }

  get columns() {
    const left = Math.min(this.begin.column, this.end.column);
    const right = Math.max(this.begin.column, this.end.column);
    return this.cells.shown(left).filter((column) => column <= right);
  }

  // The same text, or that of its row and column, for every cell of the block.
  changes(text) {
    return this.rows.flatMap((row) => this.columns.map((column) => ({ row, column, text: text(row, column) })));
  }

  paint() {
    for (const cell of this.painted) cell.classList.remove("picked");
    this.painted = this.single
      ? []
      : this.rows.flatMap((row) => this.columns.map((column) => this.cells.input(row, column).parentElement));
    for (const cell of this.painted) cell.classList.add("picked");
  }
}
