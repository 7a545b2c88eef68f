// The keys of a spreadsheet.  While somebody writes in a cell, its own keys stay its own.

export class Moving {
  constructor(cells, block, history, leave) {
    this.cells = cells;
    this.block = block;
    this.history = history;
    this.leave = leave; // called when the table is left by Esc
    this.tabbedFrom = null; // the column where a run of Tab began
    this.arrived = ""; // what stood in the cell when it was reached
  }

  focus(place, extend = false) {
    const row = Math.max(0, Math.min(place.row, this.cells.rows - 1));
    const column = place.column;
    const begin = this.block.begin;
    const input = this.cells.input(row, column);
    this.tabbedFrom = null;
    input.focus();
    input.select();
    if (extend) {
      this.block.begin = begin;
      this.block.to({ row, column });
    }
  }

  // The neighbour to the left or right that is in sight, or null.
  beside(place, step) {
    const shown = this.cells.shown();
    const column = shown[shown.indexOf(place.column) + step];
    return column === undefined ? null : { row: place.row, column };
  }

  key(event) {
    if (event.isComposing || event.altKey) return; // an input method is choosing characters
    const input = event.target;
    const place = this.cells.place(input);
    if (!place) return;
    const command = event.ctrlKey || event.metaKey;
    if (command ? this.command(event, input, place) : this.plain(event, input, place)) event.preventDefault();
  }

  plain(event, input, place) {
    const extend = event.shiftKey;
    switch (event.key) {
      case "Tab":
        if (this.tabbedFrom === null) this.tabbedFrom = place.column;
        return false;
      case "Enter":
        this.enter(place, extend ? -1 : 1);
        return true;
      case "ArrowUp":
      case "ArrowDown":
        this.focus({ ...place, row: place.row + (event.key === "ArrowUp" ? -1 : 1) }, extend);
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        return this.sideways(input, place, event.key === "ArrowLeft" ? -1 : 1, extend);
      case "F2":
        input.setSelectionRange(input.value.length, input.value.length);
        return true;
      case "Escape":
        return this.escape(input);
      case "Delete":
      case "Backspace":
        if (this.block.single) return false;
        this.history.apply(this.block.changes(() => ""));
        return true;
      default:
        return false;
    }
  }

  command(event, input, place) {
    switch (event.key.toLowerCase()) {
      case "home":
        this.focus({ row: 0, column: this.cells.shown()[0] }, event.shiftKey);
        return true;
      case "end":
        this.focus({ row: this.cells.rows - 1, column: this.cells.shown().at(-1) }, event.shiftKey);
        return true;
      case "arrowup":
      case "arrowdown":
        this.focus({ ...place, row: event.key === "ArrowUp" ? 0 : this.cells.rows - 1 }, event.shiftKey);
        return true;
      case "d":
        this.fill();
        return true;
      case "enter":
        this.history.apply(this.block.changes(() => input.value));
        this.arrived = input.value;
        return true;
      case "a":
        if (!wholly(input)) return false;
        this.block.all();
        return true;
      case "z":
        if (input.value !== this.arrived) return false; // the input takes back its own letters
        this.goTo(event.shiftKey ? this.history.redo() : this.history.undo());
        return true;
      case "y":
        this.goTo(this.history.redo());
        return true;
      default:
        return false;
    }
  }

  enter(place, step) {
    const column = this.tabbedFrom ?? place.column;
    if (place.row + step === this.cells.rows) this.cells.add(1);
    this.focus({ row: place.row + step, column });
  }

  sideways(input, place, step, extend) {
    const edge = step < 0 ? 0 : input.value.length;
    const atEdge = input.selectionStart === edge && input.selectionEnd === edge;
    if (!wholly(input) && !atEdge) return false;
    const next = this.beside(place, step);
    if (next) this.focus(next, extend);
    return true;
  }

  escape(input) {
    if (input.value === this.arrived) {
      this.leave();
      return true;
    }
    input.value = this.arrived;
    input.select();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  // Every row of the block as its first; of a single cell, as the one above it.
  fill() {
    const { block, cells } = this;
    const top = block.rows.length > 1 ? block.top : block.top - 1;
    if (top >= 0) this.history.apply(block.changes((_, column) => cells.text(top, column)));
    this.arrived = cells.text(block.end.row, block.end.column);
  }

  goTo(change) {
    if (change) this.focus(change);
  }
}

function wholly(input) {
  return input.selectionStart === 0 && input.selectionEnd === input.value.length;
}
