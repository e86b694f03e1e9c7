/// The page's program, in three parts: what is shown, how it is drawn, and what a user does.
enum PageScript {
  static let state = #"""
    "use strict";
    const data = JSON.parse(document.getElementById("data").textContent);
    const at = (id) => document.getElementById(id);

    /// What is looked at; the address keeps it, so that a link leads to the same picture.
    const state = {
      site: Math.max(0, data.sites.findIndex((one) => one.site === data.first.site)),
      layer: data.first.layer, head: data.first.head, view: "matrix", scale: data.scale, row: null, column: null,
    };
    const views = ["matrix", "lines", "table"];
    const scales = ["full", "maximum", "logarithmic"];

    function numbersOf(site) {
      if (site.numbers) return site.numbers;
      const text = atob(site.weights);
      const bytes = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      site.numbers = data.exact
        ? new Float32Array(bytes.buffer) : Float32Array.from(new Uint16Array(bytes.buffer), (n) => n / 65535);
      return site.numbers;
    }

    for (const site of data.sites) site.size = site.rows.length * site.columns.length;

    const site = () => data.sites[state.site];
    const isMasked = (row, column) => site().site === "decoder" && column > row;

    /// The heads that are shown: one, or those whose mean is.
    function chosen() {
      return site().heads.map((_, index) => index).filter((index) => {
        const [layer, head] = site().heads[index];
        return (state.layer === null || layer === state.layer) && (state.head === null || head === state.head);
      });
    }

    /// The matrix that is shown, row by row.
    let kept = { key: "", matrix: null };
    function matrix() {
      const heads = chosen();
      const key = `${state.site} ${heads}`;
      if (kept.key === key) return kept.matrix;
      const { size } = site();
      const all = numbersOf(site());
      let matrix = all.subarray(heads[0] * size, (heads[0] + 1) * size);
      if (heads.length > 1) {
        matrix = new Float64Array(size);
        for (const head of heads) for (let i = 0; i < size; i++) matrix[i] += all[head * size + i] / heads.length;
      }
      kept = { key, matrix };
      return matrix;
    }

    const largest = (numbers) => numbers.reduce((a, b) => (b > a ? b : a), 0) || 1;

    /// The shortest decimal that is this very Float; means and rounded weights have no such.
    function exact(weight) {
      if (Number.isNaN(weight)) return "not a number";
      if (!data.exact || chosen().length > 1) return weight.toFixed(5);
      for (let digits = 1; digits < 10; digits++) {
        const short = Number(weight.toPrecision(digits));
        if (Math.fround(short) === weight) return String(short);
      }
      return String(weight);
    }

    const palette = Array.from({ length: 256 }, (_, i) => {
      const color = parseInt(data.palette.slice(6 * i, 6 * i + 6), 16);
      return [color >> 16, (color >> 8) & 255, color & 255];
    });

    /// Where on the colour bar a weight lies, from 0 to 1.
    function position(weight, top) {
      if (state.scale === "logarithmic") return weight > 0 ? Math.max(0, 1 + Math.log10(weight) / 3) : 0;
      return Math.min(1, weight / (state.scale === "maximum" ? top : 1));
    }
    const color = (position) => palette[Math.min(255, Math.floor(256 * position))] ?? [255, 0, 255];
    """#

  static let pictures = #"""
    const theme = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const font = (token, size, bold) =>
      `${token.forced ? "italic " : ""}${bold ? "600 " : ""}${size}px system-ui, sans-serif`;

    /// Where cells or tokens were drawn last, for the pointer.
    let drawn = {};

    /// A picture of one pixel a cell.
    function pixels(numbers, rows, columns, hides) {
      const canvas = document.createElement("canvas");
      canvas.width = columns;
      canvas.height = rows;
      const context = canvas.getContext("2d");
      const image = context.createImageData(columns, rows);
      const top = largest(numbers);
      for (let i = 0, byte = 0; i < rows * columns; i++, byte += 4) {
        if (hides(Math.floor(i / columns), i % columns)) continue;
        const [red, green, blue] = color(position(numbers[i], top));
        image.data[byte] = red;
        image.data[byte + 1] = green;
        image.data[byte + 2] = blue;
        image.data[byte + 3] = 255;
      }
      context.putImageData(image, 0, 0);
      return canvas;
    }

    /// That of the matrix that is shown, which a moving pointer draws again and again.
    let keptPixels = { key: "", canvas: null };
    function matrixPixels() {
      const numbers = matrix();
      const key = `${kept.key} ${state.scale}`;
      if (keptPixels.key !== key) {
        keptPixels = { key, canvas: pixels(numbers, site().rows.length, site().columns.length, isMasked) };
      }
      return keptPixels.canvas;
    }

    /// Gives the canvas a size in CSS pixels and clears it.
    function begin(width, height) {
      const canvas = at("picture");
      const ratio = Math.min(window.devicePixelRatio || 1, 16384 / Math.max(width, height));
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      context.textBaseline = "middle";
      return context;
    }

    function widest(context, tokens, size) {
      return tokens.reduce((most, token) => {
        context.font = font(token, size, true);
        return Math.max(most, Math.min(160, context.measureText(token.text).width));
      }, 0);
    }

    function label(context, token, x, y, size, isMarked) {
      context.font = font(token, size, isMarked);
      context.fillStyle = theme(isMarked ? "--accent" : token.kind === "special" ? "--quiet" : "--text");
      context.fillText(token.text, x, y, 160);
    }

    function drawMatrix() {
      const { rows, columns } = site();
      const numbers = matrix();
      const size = 13;
      let context = begin(10, 10);
      const left = Math.ceil(widest(context, rows, size)) + 8;
      const above = Math.ceil(widest(context, columns, size)) + 8;
      const room = at("stage").clientWidth - left - 12;
      const cell = Math.max(3, Math.min(36, Math.floor(room / columns.length)));
      const stride = Math.ceil((size + 2) / cell);
      context = begin(left + cell * columns.length + 12, above + cell * rows.length + 4);
      drawn = { left, above, cell };
      context.fillStyle = theme("--masked");
      context.fillRect(left, above, cell * columns.length, cell * rows.length);
      context.imageSmoothingEnabled = false;
      context.drawImage(matrixPixels(), left, above, cell * columns.length, cell * rows.length);
      const named = (index, cursor) => index % stride === 0 && (cursor === null || Math.abs(index - cursor) >= stride)
        || index === cursor;
      context.textAlign = "right";
      rows.forEach((token, row) => {
        if (named(row, state.row)) label(context, token, left - 5, above + (row + .5) * cell, size, row === state.row);
      });
      context.textAlign = "left";
      columns.forEach((token, column) => {
        if (!named(column, state.column)) return;
        context.save();
        context.translate(left + (column + .5) * cell, above - 5);
        context.rotate(-Math.PI / 2);
        label(context, token, 0, 0, size, column === state.column);
        context.restore();
      });
      if (cell >= 30) drawValues(context, numbers);
      if (state.row !== null && state.column !== null) {
        const [x, y] = [left + state.column * cell, above + state.row * cell];
        context.lineWidth = 2;
        context.strokeStyle = theme("--back");
        context.strokeRect(x - 1, y - 1, cell + 2, cell + 2);
        context.strokeStyle = theme("--accent");
        context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
      }
    }

    function drawValues(context, numbers) {
      const { rows, columns } = site();
      const top = largest(numbers);
      context.textAlign = "center";
      context.font = "11px system-ui, sans-serif";
      for (let row = 0; row < rows.length; row++) for (let column = 0; column < columns.length; column++) {
        const weight = numbers[row * columns.length + column];
        if (isMasked(row, column) || weight < .005) continue;
        const [red, green, blue] = color(position(weight, top));
        context.fillStyle = .299 * red + .587 * green + .114 * blue > 130 ? "#000" : "#fff";
        context.fillText(
          weight.toFixed(2).replace(/^0/, ""), drawn.left + (column + .5) * drawn.cell,
          drawn.above + (row + .5) * drawn.cell);
      }
    }

    /// Columns at the left, rows at the right; only the lines of the token under the cursor, if there is one.
    function drawLines() {
      const { rows, columns } = site();
      const numbers = matrix();
      const size = 14;
      let context = begin(10, 10);
      const left = Math.ceil(widest(context, columns, size)) + 70;
      const right = Math.ceil(widest(context, rows, size)) + 70;
      const width = Math.max(left + right + 160, Math.min(760, at("stage").clientWidth - 4));
      const pitch = Math.max(rows.length, columns.length) > 300 ? 14 : 24;
      const height = Math.min(16000, pitch * Math.max(rows.length, columns.length) + 8);
      context = begin(width, height);
      const spread = (count) => (index) => 4 + (index + .5) * (height - 8) / count;
      const [columnY, rowY] = [spread(columns.length), spread(rows.length)];
      drawn = { left, right: width - right, height, middle: width / 2 };
      const top = largest(numbers);
      context.strokeStyle = theme("--accent");
      for (let row = 0; row < rows.length; row++) for (let column = 0; column < columns.length; column++) {
        const strength = position(numbers[row * columns.length + column], top);
        if (isMasked(row, column) || !(strength > .01)) continue;
        const isChosen = state.row !== null ? row === state.row : state.column === null || column === state.column;
        context.globalAlpha = isChosen ? strength : strength * .06;
        context.lineWidth = 1 + 4 * strength;
        context.beginPath();
        context.moveTo(left + 4, columnY(column));
        context.lineTo(width - right - 4, rowY(row));
        context.stroke();
      }
      context.globalAlpha = 1;
      const weightOf = (row, column) => numbers[row * columns.length + column];
      context.textAlign = "right";
      columns.forEach((token, column) => {
        label(context, token, left, columnY(column), size, state.row === null && column === state.column);
        if (state.row === null || isMasked(state.row, column)) return;
        drawNumber(context, weightOf(state.row, column), 34, columnY(column));
      });
      context.textAlign = "left";
      rows.forEach((token, row) => {
        label(context, token, width - right, rowY(row), size, row === state.row);
        if (state.row !== null || state.column === null || isMasked(row, state.column)) return;
        drawNumber(context, weightOf(row, state.column), width - 34, rowY(row));
      });
    }

    function drawNumber(context, weight, x, y) {
      if (weight < .005) return;
      context.font = "12px system-ui, sans-serif";
      context.fillStyle = theme("--quiet");
      context.fillText(weight.toFixed(2).replace(/^0/, ""), x, y);
    }

    const mostTableCells = 20000;

    function drawTable() {
      const { rows, columns, size } = site();
      const table = at("numbers");
      table.replaceChildren();
      if (size > mostTableCells) {
        table.createCaption().textContent = `${size} cells are too many for a table; the matrix shows them one by one.`;
        return;
      }
      const head = table.createTHead().insertRow();
      head.append(document.createElement("td"), ...columns.map((token) => heading(token, "col")));
      const body = table.createTBody();
      const numbers = matrix();
      rows.forEach((token, row) => {
        const line = body.insertRow();
        line.append(heading(token, "row"));
        columns.forEach((_, column) => {
          line.insertCell().textContent = isMasked(row, column) ? "" : exact(numbers[row * columns.length + column]);
        });
      });
    }

    function heading(token, scope) {
      const cell = document.createElement("th");
      cell.scope = scope;
      cell.dir = "auto";
      cell.textContent = token.text;
      cell.className = `${token.kind}${token.forced ? " forced" : ""}`;
      return cell;
    }
    """#

  static let controls = #"""
    const quoted = (token) => `“${token.text}”${token.kind === "unknown" ? ` (read as ${token.piece})` : ""}`;
    const percent = (probability) => (probability === null ? "unknown" : `${(100 * probability).toPrecision(3)} %`);

    function describe() {
      const { rows, columns, firstStep } = site();
      const { row, column } = state;
      const parts = [];
      if (row !== null && column !== null) {
        if (isMasked(row, column)) {
          parts.push(`${quoted(rows[row])} could not look at ${quoted(columns[column])}.`);
        } else {
          const line = matrix().slice(row * columns.length, (row + 1) * columns.length);
          const rank = 1 + line.reduce((count, weight) => count + (weight > line[column] ? 1 : 0), 0);
          const kind = chosen().length > 1 ? "mean weight" : "weight";
          parts.push(`${quoted(rows[row])} looks at ${quoted(columns[column])}: ${kind} ${exact(line[column])},`
            + ` rank ${rank} of ${columns.length}.`);
        }
      }
      const step = row !== null && row >= firstStep ? data.steps[row - firstStep] : null;
      if (step) {
        parts.push(`Step ${row - firstStep + 1}: probability of ${quoted(rows[row])} ${percent(step.probability)}`
          + `${rows[row].forced ? "; it was given, not chosen by the model" : ""}.`);
      }
      at("readout").textContent = parts.join(" ") || "Point at a cell, or focus the picture and use the arrow keys.";
      at("candidates").textContent = step && step.candidates.length
        ? "Likely here: " + step.candidates.map((one) => `${one.text} ${percent(one.probability)}`).join(" · ") : "";
    }

    function drawStage() {
      const isTable = state.view === "table";
      at("picture").hidden = isTable;
      at("picture").style.display = isTable ? "none" : "block";
      at("numbers").hidden = !isTable;
      at("bar").style.display = state.view === "matrix" ? "flex" : "none";
      ({ matrix: drawMatrix, lines: drawLines, table: drawTable })[state.view]();
      at("picture").setAttribute("aria-label", `${site().name} weights, ${at("head").selectedOptions[0].text}`);
      describe();
    }

    function drawBar() {
      const context = at("shades").getContext("2d");
      palette.forEach(([red, green, blue], x) => {
        context.fillStyle = `rgb(${red} ${green} ${blue})`;
        context.fillRect(x, 0, 1, 1);
      });
      at("bar").firstElementChild.textContent = state.scale === "logarithmic" ? "≤ 0.001" : "0";
      at("top").textContent = state.scale === "maximum" ? largest(matrix()).toPrecision(3) : "1";
    }

    /// One small picture a head, layers downwards.
    function drawHeads() {
      const { heads, rows, columns, size } = site();
      const grid = at("heads");
      grid.replaceChildren();
      if (heads.length < 2) return;
      const layers = [...new Set(heads.map(([layer]) => layer))];
      grid.style.gridTemplateColumns = `repeat(${1 + heads.length / layers.length}, auto)`;
      heads.forEach(([layer, head], index) => {
        if (index === 0 || heads[index - 1][0] !== layer) {
          const name = document.createElement("span");
          name.textContent = `layer ${layer}`;
          grid.append(name);
        }
        const button = document.createElement("button");
        button.type = "button";
        button.title = `L${layer}H${head}`;
        button.setAttribute("aria-label", `layer ${layer}, head ${head}`);
        button.setAttribute("aria-pressed", layer === state.layer && head === state.head);
        button.append(pixels(
          numbersOf(site()).subarray(index * size, (index + 1) * size), rows.length, columns.length, isMasked));
        button.onclick = () => change({ layer, head });
        grid.append(button);
      });
    }

    function fillHeadMenu() {
      const { heads } = site();
      const layers = [...new Set(heads.map(([layer]) => layer))];
      const entries = heads.map(([layer, head]) => [`${layer}.${head}`, `L${layer}H${head}`]);
      if (heads.length > 1 && layers.length > 1) {
        entries.unshift(...layers.map((layer) => [`${layer}.`, `mean of layer ${layer}`]));
      }
      if (heads.length > 1) entries.unshift([".", `mean of ${heads.length} heads`]);
      at("head").replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
      const value = `${state.layer ?? ""}.${state.head ?? ""}`;
      at("head").value = entries.some(([one]) => one === value) ? value : entries[0][0];
      chooseHead(at("head").value);
    }

    function chooseHead(value) {
      [state.layer, state.head] = value.split(".").map((part) => (part === "" ? null : Number(part)));
    }

    function change(values) {
      Object.assign(state, values);
      if ("site" in values) Object.assign(state, { row: null, column: null });
      show();
      writeAddress();
    }

    function show() {
      at("site").value = state.site;
      at("scale").value = state.scale;
      fillHeadMenu();
      for (const button of at("views").children) button.setAttribute("aria-pressed", button.value === state.view);
      drawHeads();
      drawBar();
      drawStage();
    }

    function point(row, column) {
      if (row === state.row && column === state.column) return;
      Object.assign(state, { row, column });
      drawStage();
    }

    function writeAddress() {
      const { view, scale, row, column } = state;
      const values = { view, scale, site: site().site, head: at("head").value };
      if (row !== null) values.row = row;
      if (column !== null) values.column = column;
      history.replaceState(null, "", "#" + new URLSearchParams(values));
    }

    function readAddress() {
      const values = new URLSearchParams(location.hash.slice(1));
      const index = (name, count) => {
        const number = Number(values.get(name) ?? NaN);
        return Number.isInteger(number) && number >= 0 && number < count ? number : null;
      };
      if (views.includes(values.get("view"))) state.view = values.get("view");
      if (scales.includes(values.get("scale"))) state.scale = values.get("scale");
      const found = data.sites.findIndex((one) => one.site === values.get("site"));
      if (found >= 0) state.site = found;
      if (/^\d*\.\d*$/.test(values.get("head") ?? "")) chooseHead(values.get("head"));
      state.row = index("row", site().rows.length);
      state.column = index("column", site().columns.length);
    }

    at("picture").onpointermove = (event) => {
      const { rows, columns } = site();
      const box = at("picture").getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const within = (index, count) => (index >= 0 && index < count ? index : null);
      if (state.view === "matrix") {
        const row = within(Math.floor((y - drawn.above) / drawn.cell), rows.length);
        const column = within(Math.floor((x - drawn.left) / drawn.cell), columns.length);
        if (row !== null && column !== null) point(row, column);
      } else if (x < drawn.left + 20 || x > drawn.right - 20) {
        const count = x < drawn.middle ? columns.length : rows.length;
        const index = within(Math.floor((y - 4) / (drawn.height - 8) * count), count);
        if (x < drawn.middle) point(null, index); else point(index, null);
      }
    };
    at("picture").onpointerdown = at("picture").onpointermove;

    at("picture").onkeydown = (event) => {
      const { rows, columns } = site();
      const isLines = state.view === "lines";
      const onRows = !isLines || state.row !== null || state.column === null;
      const last = [rows.length - 1, columns.length - 1];
      const fit = (number, most) => Math.max(0, Math.min(most, number));
      let [row, column] = [state.row ?? (onRows ? 0 : null), state.column ?? (isLines && onRows ? null : 0)];
      const isNew = state.row === null && state.column === null;
      const move = {
        ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity],
        End: [0, Infinity], PageUp: [-10, 0], PageDown: [10, 0],
      }[event.key];
      if (event.key === "Escape") { row = null; column = null; }
      else if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
      else if (isNew) { /* the first key only shows the cursor */ }
      else if (!isLines) { row = fit(row + move[0], last[0]); column = fit(column + move[1], last[1]); }
      else if (move[1] !== 0) {
        if (move[1] < 0 && onRows) { column = fit(row, last[1]); row = null; }
        if (move[1] > 0 && !onRows) { row = fit(column, last[0]); column = null; }
      }
      else if (onRows) row = fit(row + move[0], last[0]);
      else column = fit(column + move[0], last[1]);
      event.preventDefault();
      point(row, column);
      writeAddress();
    };

    at("site").append(...data.sites.map((one, index) => new Option(one.name, index)));
    at("site").parentElement.hidden = data.sites.length < 2;
    at("head").parentElement.hidden = data.sites.every((one) => one.heads.length < 2);
    at("site").onchange = () => change({ site: Number(at("site").value) });
    at("head").onchange = () => { chooseHead(at("head").value); change({}); };
    at("scale").onchange = () => change({ scale: at("scale").value });
    for (const button of at("views").children) button.onclick = () => change({ view: button.value });
    window.onresize = () => drawStage();
    window.onhashchange = () => { readAddress(); show(); };
    matchMedia("(prefers-color-scheme: dark)").onchange = () => drawStage();
    at("target").textContent = data.targetText;
    at("about").textContent = [data.model, data.summary].filter(Boolean).join(" · ");
    at("caption").textContent = data.caption;
    const notes = [...data.notes, "Attention shows where a model read, not why it chose a word."];
    if (!data.exact) notes.push("Weights in this page are rounded to 1/65535.");
    at("notes").textContent = notes.join(" ");
    readAddress();
    show();
    """#
}
