// The mouse: a click goes to a cell, a second one into its text; dragging or Shift marks a block.

export function mousePicks(table, cells, block, moving) {
  let dragging = false;
  let mouse = false;

  table.addEventListener("pointerdown", (event) => {
    mouse = event.pointerType === "mouse";
  });
  table.addEventListener("mousedown", (event) => {
    const place = event.button === 0 && mouse ? cells.place(event.target) : null;
    if (!place) return;
    dragging = true;
    const input = cells.input(place.row, place.column);
    if (event.shiftKey) {
      event.preventDefault();
      block.to(place);
    } else if (document.activeElement !== input) {
      event.preventDefault();
      moving.focus(place);
    } else {
      block.at(place);
    }
  });
  table.addEventListener("mouseover", (event) => {
    if (!dragging || event.buttons !== 1) return;
    const place = cells.place(event.target);
    if (place) block.to(place);
  });
  document.addEventListener("mouseup", () => {
    dragging = false;
  });
}
