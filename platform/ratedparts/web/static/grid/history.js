// What was changed, a step at a time, so that a paste can be undone.

const STEPS_KEPT = 200;

export class History {
  constructor(cells, changed) {
    this.cells = cells;
    this.changed = changed;
    this.done = [];
    this.undone = [];
  }

  // Write several cells as one step: [{ row, column, text }].
  apply(changes) {
    const step = [];
    for (const { row, column, text } of changes) {
      const before = this.cells.text(row, column);
      if (before === text) continue;
      this.cells.write(row, column, text);
      step.push({ row, column, before, after: this.cells.text(row, column) });
    }
    this.note(step);
    return step.length;
  }

  // Take note of a step that has been typed.
  note(step) {
    if (!step.length) return;
    this.done.push(step);
    if (this.done.length > STEPS_KEPT) this.done.shift();
    this.undone = [];
    this.changed(step);
  }

  undo() {
    return this.move(this.done, this.undone, "before");
  }

  redo() {
    return this.move(this.undone, this.done, "after");
  }

  move(from, to, which) {
    const step = from.pop();
    if (!step) return null;
    for (const change of step) this.cells.write(change.row, change.column, change[which]);
    to.push(step);
    this.changed(step);
    return step[0];
  }
}
