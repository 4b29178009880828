/* The map: streets, stations, place and way on one canvas. Pan, pinch, wheel, keys, tap. */

const ASSUMED_RANK = 4;
const MANY_SEGMENTS = 30000;
const SCALE = { least: 0.00015, most: 0.04, near: 0.0015, fitted: 0.006, names: 0.0025, mainNames: 0.0006 }; // pixels per centimetre
const EDGE = { left: 30, right: 80, top: 30, bottom: 40 }; // what buttons and source line cover

function makeView(canvas, world, callbacks) {
  const context = canvas.getContext("2d");
  const view = { x: world.grid.maxX / 2, y: world.grid.maxY / 2, scale: SCALE.near, marks: [], place: null, way: null, chosen: -1 };
  let colours = readColours();
  let queued = false;
  const broad = broadSegments(world.streets, world.grid);

  function size() {
    return { width: canvas.clientWidth, height: canvas.clientHeight };
  }
  function toScreen(x, y) {
    const { width, height } = size();
    return [width / 2 + (x - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
  }
  function toMap(sx, sy) {
    const { width, height } = size();
    return { x: view.x + (sx - width / 2) / view.scale, y: view.y - (sy - height / 2) / view.scale };
  }
  function draw() {
    queued = false;
    const { width, height } = size();
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colours.map;
    context.fillRect(0, 0, width, height);
    const low = toMap(0, height);
    const high = toMap(width, 0);
    drawStreets(context, world, view, { low, high, toScreen, broad, colours });
    if (view.scale > SCALE.mainNames) drawNames(context, world, view, { low, high, toScreen, colours });
    if (view.way) drawWay(context, view.way, toScreen, colours);
    drawMarks(context, world, view, toScreen, colours, size());
    if (view.place) drawPlace(context, toScreen(view.place.x, view.place.y), colours);
    if (document.activeElement === canvas) drawCross(context, width / 2, height / 2, colours);
  }
  function refresh() {
    if (queued) return;
    queued = true;
    requestAnimationFrame(draw);
  }
  function zoom(factor, sx, sy) {
    const before = toMap(sx, sy);
    view.scale = Math.max(SCALE.least, Math.min(SCALE.most, view.scale * factor));
    const after = toMap(sx, sy);
    view.x += before.x - after.x;
    view.y += before.y - after.y;
    refresh();
  }
  function tap(sx, sy) {
    let best = -1;
    let reach = 26;
    view.marks.forEach((mark) => {
      const [mx, my] = toScreen(world.stations[mark.number].x, world.stations[mark.number].y);
      const away = Math.hypot(mx - sx, my - sy);
      if (away < reach) {
        reach = away;
        best = mark.number;
      }
    });
    if (best >= 0) callbacks.station(best);
    else callbacks.place(toMap(sx, sy));
  }
  function show(points) {
    const xs = points.map((point) => point.x);
    const ys = points.map((point) => point.y);
    const { width, height } = size();
    const wide = Math.max(...xs) - Math.min(...xs) + 1;
    const tall = Math.max(...ys) - Math.min(...ys) + 1;
    const freeWidth = Math.max(80, width - EDGE.left - EDGE.right);
    const freeHeight = Math.max(80, height - EDGE.top - EDGE.bottom);
    view.scale = Math.max(SCALE.least, Math.min(SCALE.fitted, freeWidth / wide, freeHeight / tall));
    view.x = (Math.max(...xs) + Math.min(...xs)) / 2 + (EDGE.right - EDGE.left) / 2 / view.scale;
    view.y = (Math.max(...ys) + Math.min(...ys)) / 2 + (EDGE.top - EDGE.bottom) / 2 / view.scale;
    refresh();
  }
  listenPointers(canvas, { view, zoom, tap, refresh });
  listenKeys(canvas, { view, zoom, size, refresh, tap });
  window.addEventListener("resize", refresh);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => { colours = readColours(); refresh(); });
  return { view, refresh, zoom, show, size, toScreen };
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    map: read("map"), street: read("street"), main: read("street-main"), ink: read("street-ink"),
    halo: read("halo"), way: read("way"), here: read("here"), open: read("open"),
    closed: read("closed"), paper: read("paper"), chosen: read("main"),
  };
}

/* Segments of larger streets, drawn however far out one looks. */
function broadSegments(streets, grid) {
  const found = [];
  for (let i = 0; i < grid.edgeOf.length - 1; i += 1) {
    const edge = grid.edgeOf[i];
    if (edge === grid.edgeOf[i + 1] && streets.rank[edge] >= 1 && streets.rank[edge] < ASSUMED_RANK) found.push(i);
  }
  return Int32Array.from(found);
}

function cellsBetween(grid, low, high, visit) {
  const left = cellIndex(low.x, grid.columns);
  const right = cellIndex(high.x, grid.columns);
  const top = cellIndex(high.y, grid.rows);
  for (let row = cellIndex(low.y, grid.rows); row <= top; row += 1) {
    for (let column = left; column <= right; column += 1) visit(row * grid.columns + column);
  }
}

function drawStreets(context, world, view, frame) {
  const { grid, streets } = world;
  let many = 0;
  cellsBetween(grid, frame.low, frame.high, (cell) => { many += grid.first[cell + 1] - grid.first[cell]; });
  const layers = [[], [], [], [], []];
  if (many <= MANY_SEGMENTS) {
    cellsBetween(grid, frame.low, frame.high, (cell) => {
      for (let k = grid.first[cell]; k < grid.first[cell + 1]; k += 1) {
        layers[streets.rank[grid.edgeOf[grid.segment[k]]]].push(grid.segment[k]);
      }
    });
  } else {
    frame.broad.forEach((i) => layers[streets.rank[grid.edgeOf[i]]].push(i));
  }
  const metre = view.scale * 100;
  const width = [1.2, 2, 3, 4, 1].map((least, rank) => Math.max(least * Math.min(1, 0.5 + metre), metre * [5, 8, 12, 16, 3][rank]));
  context.lineCap = "round";
  [4, 0, 1, 2, 3].forEach((rank) => {
    if (!layers[rank].length) return;
    context.setLineDash(rank === ASSUMED_RANK ? [3, 5] : []);
    context.strokeStyle = rank >= 1 && rank < ASSUMED_RANK ? frame.colours.main : frame.colours.street;
    context.lineWidth = width[rank];
    strokeSegments(context, streets, layers[rank], frame.toScreen);
  });
  context.setLineDash([]);
}

function strokeSegments(context, streets, segments, toScreen) {
  context.beginPath();
  segments.forEach((i) => {
    const [ax, ay] = toScreen(streets.px[i], streets.py[i]);
    const [bx, by] = toScreen(streets.px[i + 1], streets.py[i + 1]);
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
  });
  context.stroke();
}

function drawNames(context, world, view, frame) {
  const { streets, grid, names } = world;
  const wanted = [];
  const seen = new Set();
  const least = view.scale > SCALE.names ? 0 : 2;
  cellsBetween(grid, frame.low, frame.high, (cell) => {
    for (let k = grid.first[cell]; k < grid.first[cell + 1]; k += 1) {
      const i = grid.segment[k];
      const name = streets.name[grid.edgeOf[i]];
      if (name > 0 && streets.rank[grid.edgeOf[i]] % ASSUMED_RANK >= least && !seen.has(i)) {
        seen.add(i);
        wanted.push([streets.rank[grid.edgeOf[i]] % ASSUMED_RANK, i, name]);
      }
    }
  });
  wanted.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const taken = [];
  const marks = view.marks.map((mark) => frame.toScreen(world.stations[mark.number].x, world.stations[mark.number].y))
    .filter(([x, y]) => x > 0 && y > 0 && x < context.canvas.clientWidth && y < context.canvas.clientHeight);
  context.font = "13px sans-serif";
  for (const [, i, name] of wanted) {
    if (taken.length > 24) break;
    const [x, y] = frame.toScreen((streets.px[i] + streets.px[i + 1]) / 2, (streets.py[i] + streets.py[i + 1]) / 2);
    if (marks.some(([mx, my]) => Math.abs(my - y) < 20 && Math.abs(mx - x) < 14 + 7 * names[name].length)) continue;
    const clash = taken.some(([tx, ty, other]) => Math.hypot(tx - x, ty - y) < (other === name ? 260 : 60));
    if (clash || x < 20 || y < 10) continue;
    taken.push([x, y, name]);
    haloText(context, names[name], x, y, frame.colours.ink, frame.colours.halo);
  }
}

function haloText(context, text, x, y, ink, halo) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

function drawWay(context, way, toScreen, colours) {
  context.beginPath();
  for (let i = 0; i < way.points.length; i += 2) {
    const [x, y] = toScreen(way.points[i], way.points[i + 1]);
    if (i) context.lineTo(x, y);
    else context.moveTo(x, y);
  }
  context.lineWidth = 5;
  context.strokeStyle = colours.way;
  context.setLineDash(way.estimate ? [8, 8] : []);
  context.stroke();
  context.setLineDash([]);
}

/* Open: filled disc; closed: ring with a stroke; only for its own people: square. */
function drawMarks(context, world, view, toScreen, colours, size) {
  const cells = new Map();
  view.marks.forEach((mark) => {
    const [x, y] = toScreen(world.stations[mark.number].x, world.stations[mark.number].y);
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) return;
    const key = mark.label || mark.number === view.chosen ? `own${mark.number}` : `${Math.floor(x / 44)}:${Math.floor(y / 44)}`;
    const cell = cells.get(key) || { x: 0, y: 0, marks: [] };
    cell.x += x;
    cell.y += y;
    cell.marks.push(mark);
    cells.set(key, cell);
  });
  const crowded = view.scale < 0.001;
  cells.forEach((cell) => {
    if (crowded && cell.marks.length > 1) {
      drawCrowd(context, cell, colours);
    } else {
      cell.marks.forEach((mark) => {
        const [x, y] = toScreen(world.stations[mark.number].x, world.stations[mark.number].y);
        drawMark(context, mark, x, y, mark.number === view.chosen, colours);
      });
    }
  });
}

function drawCrowd(context, cell, colours) {
  const x = cell.x / cell.marks.length;
  const y = cell.y / cell.marks.length;
  context.beginPath();
  context.arc(x, y, 15, 0, 2 * Math.PI);
  context.fillStyle = cell.marks.some((mark) => mark.open) ? colours.open : colours.closed;
  context.fill();
  context.font = "bold 14px sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colours.paper;
  context.fillText(String(cell.marks.length), x, y);
}

function drawMark(context, mark, x, y, chosen, colours) {
  const radius = chosen ? 15 : mark.label ? 13 : 9;
  context.beginPath();
  if (mark.internal) context.rect(x - radius + 2, y - radius + 2, 2 * radius - 4, 2 * radius - 4);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = mark.open ? colours.open : colours.paper;
  context.fill();
  context.lineWidth = chosen ? 4 : 2;
  context.strokeStyle = chosen ? colours.chosen : mark.open ? colours.paper : colours.closed;
  context.stroke();
  if (!mark.open && !mark.label) {
    context.beginPath();
    context.moveTo(x - radius / 2, y + radius / 2);
    context.lineTo(x + radius / 2, y - radius / 2);
    context.strokeStyle = colours.closed;
    context.stroke();
  }
  if (mark.label) {
    context.font = "bold 14px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = mark.open ? colours.paper : colours.closed;
    context.fillText(mark.label, x, y + 0.5);
  }
}

function drawPlace(context, [x, y], colours) {
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fillStyle = colours.here;
  context.fill();
  context.lineWidth = 4;
  context.strokeStyle = colours.halo;
  context.stroke();
  context.beginPath();
  context.arc(x, y, 16, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = colours.here;
  context.stroke();
}

function drawCross(context, x, y, colours) {
  context.beginPath();
  context.moveTo(x - 12, y);
  context.lineTo(x + 12, y);
  context.moveTo(x, y - 12);
  context.lineTo(x, y + 12);
  context.lineWidth = 2;
  context.strokeStyle = colours.way;
  context.stroke();
}
