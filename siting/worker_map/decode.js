/* Reads what streets.py packs: base-128 integers, differences, runs. */

function bytesOf(text) {
  const raw = atob(text.trim());
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/* One plain loop per kind of list: start-up on a slow phone is spent here. */
function makeReader(bytes) {
  let at = 0;
  function varint() {
    let digit = bytes[at++];
    let value = digit & 127;
    for (let shift = 7; digit > 127; shift += 7) {
      digit = bytes[at++];
      value |= (digit & 127) << shift;
    }
    return value;
  }
  function unsigned(count) {
    const out = new Int32Array(count);
    for (let i = 0; i < count; i += 1) out[i] = varint();
    return out;
  }
  function signed(count) {
    const out = new Int32Array(count);
    for (let i = 0; i < count; i += 1) {
      const value = varint();
      out[i] = (value >>> 1) ^ -(value & 1);
    }
    return out;
  }
  function summed(steps) {
    for (let i = 1; i < steps.length; i += 1) steps[i] += steps[i - 1];
    return steps;
  }
  function runs(count) {
    const out = new Int32Array(count);
    let filled = 0;
    for (let left = varint(); left > 0; left -= 1) {
      const value = varint();
      const end = filled + varint();
      out.fill(value, filled, end);
      filled = end;
    }
    return out;
  }
  return { varint, unsigned, signed, summed, runs };
}

/* Streets: nodes, edges, and the points of every edge from u to v in one list; centimetres. */
function decodeStreets(text) {
  const read = makeReader(bytesOf(text));
  const nodes = read.varint();
  const edges = read.varint();
  const inner = read.varint();
  const nodeX = read.summed(read.signed(nodes));
  const nodeY = read.summed(read.signed(nodes));
  const edgeU = read.summed(read.unsigned(edges));
  const edgeV = read.unsigned(edges);
  for (let e = 0; e < edges; e += 1) edgeV[e] += edgeU[e];
  const slack = read.signed(edges);
  const rank = Uint8Array.from(read.runs(edges));
  const name = read.runs(edges);
  const innerCount = read.runs(edges);
  const stepX = read.signed(inner);
  const stepY = read.signed(inner);
  const streets = { nodeX, nodeY, edgeU, edgeV, rank, name };
  layPoints(streets, innerCount, stepX, stepY);
  measureEdges(streets, slack);
  streets.barriers = readBarriers(read);
  return streets;
}

function layPoints(streets, innerCount, stepX, stepY) {
  const edges = streets.edgeU.length;
  const total = stepX.length + 2 * edges;
  const start = new Int32Array(edges + 1);
  const px = new Int32Array(total);
  const py = new Int32Array(total);
  let at = 0;
  let step = 0;
  for (let e = 0; e < edges; e += 1) {
    start[e] = at;
    px[at] = streets.nodeX[streets.edgeU[e]];
    py[at] = streets.nodeY[streets.edgeU[e]];
    for (let k = innerCount[e]; k > 0; k -= 1) {
      px[at + 1] = px[at] + stepX[step];
      py[at + 1] = py[at] + stepY[step];
      at += 1;
      step += 1;
    }
    px[at + 1] = streets.nodeX[streets.edgeV[e]];
    py[at + 1] = streets.nodeY[streets.edgeV[e]];
    at += 2;
  }
  start[edges] = at;
  streets.start = start;
  streets.px = px;
  streets.py = py;
}

function segmentLength(streets, i) {
  const dx = streets.px[i + 1] - streets.px[i];
  const dy = streets.py[i + 1] - streets.py[i];
  return Math.floor(Math.sqrt(dx * dx + dy * dy) + 0.5);
}

/* drawn: centimetres of the line as drawn; length: decimetres that the engine measured. */
function measureEdges(streets, slack) {
  const edges = streets.edgeU.length;
  streets.drawn = new Int32Array(edges);
  streets.length = new Int32Array(edges);
  for (let e = 0; e < edges; e += 1) {
    let sum = 0;
    for (let i = streets.start[e]; i < streets.start[e + 1] - 1; i += 1) {
      sum += segmentLength(streets, i);
    }
    streets.drawn[e] = sum;
    streets.length[e] = Math.floor(sum / 10 + 0.5) + slack[e];
  }
}

function readBarriers(read) {
  const count = read.unsigned(read.varint());
  const total = count.reduce((sum, n) => sum + n, 0);
  const x = read.summed(read.signed(total));
  const y = read.summed(read.signed(total));
  return { count, x, y };
}
