/* The street graph on the phone: adjacency, a grid of line segments, snapping to the nearest. */

const CELL_CM = 25000;

function buildGraph(streets) {
  const { edgeU, edgeV, length } = streets;
  const nodes = streets.nodeX.length;
  const first = new Int32Array(nodes + 1);
  for (let e = 0; e < edgeU.length; e += 1) {
    first[edgeU[e] + 1] += 1;
    if (edgeU[e] !== edgeV[e]) first[edgeV[e] + 1] += 1;
  }
  let longest = 1;
  for (let n = 0; n < nodes; n += 1) first[n + 1] += first[n];
  const fill = first.slice(0, nodes);
  const target = new Int32Array(first[nodes]);
  const cost = new Int32Array(first[nodes]);
  const edge = new Int32Array(first[nodes]);
  for (let e = 0; e < edgeU.length; e += 1) {
    if (length[e] > longest) longest = length[e];
    const ends = edgeU[e] === edgeV[e] ? 1 : 2;
    for (let side = 0; side < ends; side += 1) {
      const slot = fill[side ? edgeV[e] : edgeU[e]]++;
      target[slot] = side ? edgeU[e] : edgeV[e];
      cost[slot] = length[e];
      edge[slot] = e;
    }
  }
  return { nodes, first, target, cost, edge, longest };
}

/* Grid of segments: a segment is named by the number of its first point. */
function buildGrid(streets) {
  const { px, py, start, edgeU } = streets;
  let maxX = 0;
  let maxY = 0;
  for (let i = 0; i < px.length; i += 1) {
    if (px[i] > maxX) maxX = px[i];
    if (py[i] > maxY) maxY = py[i];
  }
  const columns = Math.floor(maxX / CELL_CM) + 1;
  const rows = Math.floor(maxY / CELL_CM) + 1;
  const grid = { columns, rows, maxX, maxY, first: new Int32Array(columns * rows + 1) };
  const edgeOf = new Int32Array(px.length);
  for (let e = 0; e < edgeU.length; e += 1) edgeOf.fill(e, start[e], start[e + 1]);
  grid.edgeOf = edgeOf;
  eachCell(streets, grid, (cell) => { grid.first[cell + 1] += 1; });
  for (let c = 0; c < columns * rows; c += 1) grid.first[c + 1] += grid.first[c];
  grid.segment = new Int32Array(grid.first[columns * rows]);
  const fill = grid.first.slice(0, columns * rows);
  eachCell(streets, grid, (cell, i) => { grid.segment[fill[cell]++] = i; });
  return grid;
}

function cellIndex(value, count) {
  if (value <= 0) return 0;
  const index = (value / CELL_CM) | 0;
  return index < count ? index : count - 1;
}

/* Calls visit(cell, segment) for the cells that a segment touches: short ones take all cells of
   their box, long ones only those near the line, column by column. */
function eachCell(streets, grid, visit) {
  const { px, py } = streets;
  const { edgeOf, columns, rows } = grid;
  for (let i = 0; i < px.length - 1; i += 1) {
    if (edgeOf[i] !== edgeOf[i + 1]) continue;
    const a = cellIndex(px[i], columns);
    const b = cellIndex(px[i + 1], columns);
    const c = cellIndex(py[i], rows);
    const d = cellIndex(py[i + 1], rows);
    if (a === b && c === d) {
      visit(c * columns + a, i);
      continue;
    }
    const long = Math.abs(a - b) > 1 && Math.abs(c - d) > 1;
    for (let column = Math.min(a, b); column <= Math.max(a, b); column += 1) {
      let low = Math.min(c, d);
      let high = Math.max(c, d);
      if (long) {
        const heights = heightsWithin(streets, i, column);
        low = cellIndex(heights[0], rows);
        high = cellIndex(heights[1], rows);
      }
      for (let row = low; row <= high; row += 1) visit(row * columns + column, i);
    }
  }
}

/* Lowest and highest y of the part of segment i that lies in a grid column. */
function heightsWithin(streets, i, column) {
  const { px, py } = streets;
  const x0 = px[i];
  const x1 = px[i + 1];
  const y0 = py[i];
  const y1 = py[i + 1];
  const left = Math.max(Math.min(x0, x1), column * CELL_CM);
  const right = Math.min(Math.max(x0, x1), (column + 1) * CELL_CM);
  if (x0 === x1) return [Math.min(y0, y1), Math.max(y0, y1)];
  const a = y0 + ((left - x0) / (x1 - x0)) * (y1 - y0);
  const b = y0 + ((right - x0) / (x1 - x0)) * (y1 - y0);
  return [Math.min(a, b), Math.max(a, b)];
}

/* Nearest point of the streets: edge, way along it from u and way on foot to it (decimetres), and
   the foot (centimetres). */
function snapTo(streets, grid, x, y) {
  const column = cellIndex(x, grid.columns);
  const row = cellIndex(y, grid.rows);
  const best = { square: Infinity, segment: -1, share: 0 };
  const outside = Math.max(0, -x, -y, x - grid.maxX, y - grid.maxY);
  for (let ring = 0; ring <= Math.max(grid.columns, grid.rows); ring += 1) {
    const reach = (ring - 1) * CELL_CM + (outside > 0 ? 0 : nearestWall(x, y));
    if (ring > 0 && outside === 0 && best.square <= reach * reach) break;
    if (ring > 1 && outside > 0 && best.segment >= 0
        && best.square <= (ring - 1) * CELL_CM * (ring - 1) * CELL_CM) break;
    eachRingCell(grid, column, row, ring, (cell) => {
      for (let k = grid.first[cell]; k < grid.first[cell + 1]; k += 1) {
        trySegment(streets, grid.segment[k], x, y, best);
      }
    });
  }
  return best.segment < 0 ? null : footOf(streets, grid, best);
}

function nearestWall(x, y) {
  const inX = x % CELL_CM;
  const inY = y % CELL_CM;
  return Math.min(inX, CELL_CM - inX, inY, CELL_CM - inY);
}

function eachRingCell(grid, column, row, ring, visit) {
  for (let r = row - ring; r <= row + ring; r += 1) {
    if (r < 0 || r >= grid.rows) continue;
    const edge = r === row - ring || r === row + ring;
    const step = edge || ring === 0 ? 1 : 2 * ring;
    for (let c = column - ring; c <= column + ring; c += step) {
      if (c >= 0 && c < grid.columns) visit(r * grid.columns + c);
    }
  }
}

function trySegment(streets, i, x, y, best) {
  const ax = streets.px[i];
  const ay = streets.py[i];
  const dx = streets.px[i + 1] - ax;
  const dy = streets.py[i + 1] - ay;
  const square = dx * dx + dy * dy;
  let share = square ? ((x - ax) * dx + (y - ay) * dy) / square : 0;
  share = Math.max(0, Math.min(1, share));
  const ex = ax + share * dx - x;
  const ey = ay + share * dy - y;
  const away = ex * ex + ey * ey;
  if (away < best.square) {
    best.square = away;
    best.segment = i;
    best.share = share;
  }
}

function footOf(streets, grid, best) {
  const i = best.segment;
  const edge = grid.edgeOf[i];
  let drawn = best.share * segmentLength(streets, i);
  for (let k = streets.start[edge]; k < i; k += 1) drawn += segmentLength(streets, k);
  const scale = streets.drawn[edge] ? streets.length[edge] / streets.drawn[edge] : 0;
  return {
    edge,
    along: Math.min(streets.length[edge], Math.round(drawn * scale)),
    access: Math.round(Math.sqrt(best.square) / 10),
    x: streets.px[i] + best.share * (streets.px[i + 1] - streets.px[i]),
    y: streets.py[i] + best.share * (streets.py[i + 1] - streets.py[i]),
  };
}
