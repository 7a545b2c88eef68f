// Blocks of a spreadsheet: text with tabs between cells and line ends between rows, as Excel and WPS give it.
// A cell that holds a tab, a line end or a quote stands in quotes, its own quotes doubled.

export function parseBlock(text) {
  const rows = [[""]];
  let quoted = false;
  for (let place = 0; place < text.length; place++) {
    const character = text[place];
    const row = rows[rows.length - 1];
    if (quoted && character === '"') {
      if (text[place + 1] === '"') row[row.length - 1] += text[++place];
      else quoted = false;
    } else if (quoted) {
      row[row.length - 1] += character;
    } else if (character === '"' && row[row.length - 1] === "" && closes(text, place)) {
      quoted = true;
    } else if (character === "\t") {
      row.push("");
    } else if (character === "\n" || character === "\r") {
      if (character === "\r" && text[place + 1] === "\n") place++;
      rows.push([""]);
    } else {
      row[row.length - 1] += character;
    }
  }
  const last = rows[rows.length - 1];
  if (rows.length > 1 && last.length === 1 && last[0] === "") rows.pop();
  // An input holds one line.
  return rows.map((row) => row.map((cell) => cell.replace(/[\r\n]+/g, " ")));
}

// A quote at the beginning of a cell that no quote at the end of a cell answers is a quote and nothing else.
function closes(text, place) {
  return /^(?:[^"]|"")*"(?=[\t\r\n]|$)/.test(text.slice(place + 1));
}

export function writeBlock(rows) {
  const quoted = (cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => row.map(quoted).join("\t")).join("\r\n");
}

// Where the cells of a pasted block go: to the right and below; by name where its first line names columns.
export function placed(block, cells, at) {
  const named = block[0].every((name) => cells.names.includes(name)) && new Set(block[0]).size === block[0].length;
  const columns = named ? block[0].map((name) => cells.names.indexOf(name)) : cells.shown(at.column);
  const rows = named ? block.slice(1) : block;
  const lacking = at.row + rows.length - cells.rows;
  if (lacking > 0) cells.add(lacking);
  return rows.flatMap((row, down) =>
    at.row + down < cells.rows
      ? row.slice(0, columns.length).map((text, right) => ({ row: at.row + down, column: columns[right], text }))
      : [],
  );
}
