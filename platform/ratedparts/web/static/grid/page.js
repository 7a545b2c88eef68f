// The table in which a small test is typed: puts its parts together.  Without scripts it is a plain form.

import { Block } from "./block.js";
import { Cells } from "./cells.js";
import { Checking } from "./checking.js";
import { parseBlock, placed, writeBlock } from "./clipboard.js";
import { Columns } from "./columns.js";
import { forget, keep, kept } from "./draft.js";
import { History } from "./history.js";
import { Hints } from "./hints.js";
import { Moving } from "./moving.js";
import { mousePicks } from "./picking.js";

const PAUSE = 500; // milliseconds without a keystroke before the draft is kept and the checker is asked
const ROWS_MORE = 10;

const form = document.getElementById("typing");
const table = document.getElementById("grid");
const plan = form.dataset.plan;
const cells = new Cells(table, Number(form.dataset.most), tellFull);
const columns = new Columns(cells, document.getElementById("columns-shown"), form.dataset.protocol);
const block = new Block(cells);
const history = new History(cells, changed);
const moving = new Moving(cells, block, history, () => button("hand_in").focus());
const checking = new Checking(form, cells, columns);
const hints = new Hints(cells, document.getElementById("cell-says"), history, block);
let pause = null;

function tellFull() {
  document.getElementById("full").hidden = false;
}

function button(name) {
  return form.querySelector(`button[name="${name}"]`);
}

function changed(step) {
  for (const row of new Set(step.map((change) => change.row))) cells.relabel(row);
  columns.show(new Set(step.filter(({ row, column }) => cells.text(row, column)).map(({ column }) => column)));
  const focused = cells.place(document.activeElement);
  if (focused) moving.arrived = cells.text(focused.row, focused.column);
  tools();
  soon();
}

function soon() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    pause = null;
    save();
    checking.ask();
  }, PAUSE);
}

function save() {
  if (!keep(plan, cells.texts())) checking.say(form.dataset.noDraft);
}

function tools() {
  form.elements.rows.value = cells.rows;
  form.querySelector('[data-do="undo"]').disabled = !history.done.length;
  form.querySelector('[data-do="redo"]').disabled = !history.undone.length;
  button("more").disabled = cells.rows >= cells.most;
}

table.addEventListener("keydown", (event) => moving.key(event));
table.addEventListener("focusin", ({ target }) => {
  const place = cells.place(target);
  if (!place) return;
  block.at(place);
  moving.arrived = target.value;
  target.select();
  hints.show(place);
});
table.addEventListener("focusout", ({ target }) => {
  const place = cells.place(target);
  if (place) noteTyped(place, target);
});
table.addEventListener("input", soon);
mousePicks(table, cells, block, moving);

// What was typed in a cell becomes a step when the cell is left.
function noteTyped(place, input) {
  if (input.value === moving.arrived) return;
  const step = { ...place, before: moving.arrived, after: input.value };
  moving.arrived = input.value;
  history.note([step]);
}

function pickedTexts() {
  return block.rows.map((row) => block.columns.map((column) => cells.text(row, column)));
}

for (const kind of ["copy", "cut"]) {
  table.addEventListener(kind, (event) => {
    if (block.single) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", writeBlock(pickedTexts()));
    if (kind === "cut") history.apply(block.changes(() => ""));
  });
}

table.addEventListener("paste", (event) => {
  const place = cells.place(event.target);
  const pasted = parseBlock(event.clipboardData.getData("text/plain"));
  if (!place) return;
  event.preventDefault();
  noteTyped(place, event.target);
  const one = pasted.length === 1 && pasted[0].length === 1;
  if (one && block.single) {
    const input = event.target;
    input.setRangeText(pasted[0][0], input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (one) {
    history.apply(block.changes(() => pasted[0][0]));
  } else {
    const at = { row: block.top, column: block.columns[0] };
    const changes = placed(pasted, cells, at);
    history.apply(changes);
    if (!changes.length) return;
    block.begin = at;
    block.to(changes.at(-1));
  }
});

const does = {
  check: () => checking.ask(),
  more: () => {
    cells.add(ROWS_MORE);
    tools();
    soon();
  },
  undo: () => moving.goTo(history.undo()),
  redo: () => moving.goTo(history.redo()),
  fill: () => moving.fill(),
  fold: () => columns.foldBlank(),
  resume: () => {
    const draft = kept(plan, cells.columns);
    if (draft.rows.length > cells.rows) cells.add(draft.rows.length - cells.rows);
    history.apply(draft.rows.flatMap((row, at) => row.map((text, column) => ({ row: at, column, text }))));
    answered();
  },
  discard: () => {
    forget(plan);
    answered();
  },
};

document.addEventListener("click", (event) => {
  const doing = event.target.closest("[data-do]");
  const way = event.target.closest("a[data-row]");
  if (doing) {
    event.preventDefault();
    does[doing.dataset.do]();
  } else if (way) {
    event.preventDefault();
    const place = { row: Number(way.dataset.row), column: Number(way.dataset.column) };
    columns.show(new Set([place.column]));
    moving.focus(place);
  }
});
// A button of the table's leaves the cell, and its block, as they are.
form.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-do], [data-word]")) event.preventDefault();
});

form.addEventListener("submit", () => {
  tools();
  save();
});
window.addEventListener("pagehide", () => {
  if (pause) save(); // whoever leaves in the midst of a word finds it again
});
form.addEventListener("checked", () => hints.refresh());

function answered() {
  document.getElementById("draft").hidden = true;
  form.inert = false;
  cells.input(0, cells.shown()[0]).focus();
}

function offer(draft) {
  const notice = document.getElementById("draft");
  const when = new Date(draft.at).toLocaleString(document.documentElement.lang);
  notice.querySelector("[data-when]").textContent = when;
  notice.hidden = false;
  form.inert = true; // until it is decided: typing now would write over the draft
}

for (const element of form.querySelectorAll(".scripted")) element.hidden = false;
checking.adopt();
tools();
const draft = kept(plan, cells.columns);
if ("returned" in form.dataset) save();
else if (draft && JSON.stringify(draft.rows) !== JSON.stringify(cells.texts())) offer(draft);
