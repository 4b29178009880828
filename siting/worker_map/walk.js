/* Walking ways from one place: integer decimetres, one bounded search with a ring of buckets.
   The rule is the engine's: the network, or on reconstructed cities the straight line times a
   factor up to a limit where no barrier lies between, whichever is shorter. */

const FAR = 0x7fffffff;

function makeSearch(graph) {
  let width = 1;
  while (width <= graph.longest + 1) width *= 2;
  const entries = graph.target.length + 8;
  return {
    graph,
    mask: width - 1,
    head: new Int32Array(width),
    next: new Int32Array(entries),
    node: new Int32Array(entries),
    distance: new Int32Array(graph.nodes),
    cameBy: new Int32Array(graph.nodes),
    used: 0,
    waiting: 0,
    foot: null,
    settledTo: -1,
  };
}

function startSearch(search) {
  search.head.fill(-1);
  search.distance.fill(FAR);
  search.used = 0;
  search.waiting = 0;
}

function reach(search, node, distance, arc) {
  if (distance >= search.distance[node]) return;
  search.distance[node] = distance;
  search.cameBy[node] = arc;
  const slot = search.used++;
  const bucket = distance & search.mask;
  search.node[slot] = node;
  search.next[slot] = search.head[bucket];
  search.head[bucket] = slot;
  search.waiting += 1;
}

/* Settles all nodes at exactly this distance; calls settled(node) for each once. */
function settleAt(search, distance, settled) {
  const { first, target, cost } = search.graph;
  const bucket = distance & search.mask;
  while (search.head[bucket] >= 0) {
    const slot = search.head[bucket];
    const node = search.node[slot];
    search.head[bucket] = search.next[slot];
    search.waiting -= 1;
    if (search.distance[node] !== distance) continue;
    settled(node);
    for (let arc = first[node]; arc < first[node + 1]; arc += 1) {
      reach(search, target[arc], distance + cost[arc], arc);
    }
  }
}

/* Stations by the node from which they are reached. */
function buildDoors(streets, graph, stations) {
  const doors = { first: new Int32Array(graph.nodes + 1), station: [], extra: [], byEdge: new Map() };
  const at = [];
  stations.forEach((station, number) => {
    if (station.edge < 0) return;
    const length = streets.length[station.edge];
    at.push([streets.edgeU[station.edge], number, station.along + station.access]);
    at.push([streets.edgeV[station.edge], number, length - station.along + station.access]);
    if (!doors.byEdge.has(station.edge)) doors.byEdge.set(station.edge, []);
    doors.byEdge.get(station.edge).push(number);
  });
  at.sort((a, b) => a[0] - b[0]);
  at.forEach(([node]) => { doors.first[node + 1] += 1; });
  for (let n = 0; n < graph.nodes; n += 1) doors.first[n + 1] += doors.first[n];
  doors.station = Int32Array.from(at, (row) => row[1]);
  doors.extra = Int32Array.from(at, (row) => row[2]);
  return doors;
}

function crosses(ax, ay, bx, by, cx, cy, dx, dy) {
  const side = (px, py, qx, qy, rx, ry) => Math.sign((qx - px) * (ry - py) - (qy - py) * (rx - px));
  return side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy) <= 0
    && side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by) <= 0;
}

function barrierBetween(barriers, ax, ay, bx, by) {
  const { count, x, y } = barriers;
  const left = Math.min(ax, bx);
  const right = Math.max(ax, bx);
  const low = Math.min(ay, by);
  const high = Math.max(ay, by);
  let at = 0;
  for (let line = 0; line < count.length; line += 1) {
    for (let i = at; i < at + count[line] - 1; i += 1) {
      if (Math.max(x[i], x[i + 1]) < left || Math.min(x[i], x[i + 1]) > right) continue;
      if (Math.max(y[i], y[i + 1]) < low || Math.min(y[i], y[i + 1]) > high) continue;
      if (crosses(ax, ay, bx, by, x[i], y[i], x[i + 1], y[i + 1])) return true;
    }
    at += count[line];
  }
  return false;
}

/* The straight way: decimetres, or FAR where the rule does not allow it. */
function straightWay(world, place, station) {
  const rule = world.rule;
  if (!rule.estimate) return FAR;
  const dx = station.x - place.x;
  const dy = station.y - place.y;
  const way = (Math.sqrt(dx * dx + dy * dy) / 10) * rule.factor;
  if (way > rule.limit) return FAR;
  if (barrierBetween(world.streets.barriers, place.x, place.y, station.x, station.y)) return FAR;
  return Math.round(way);
}

/* The k nearest wanted stations: [{ number, way, estimate }], shortest first.
   wanted(number) says which stations count. */
function nearestStations(world, place, wanted, k) {
  const way = new Int32Array(world.stations.length).fill(FAR);
  const guess = new Uint8Array(world.stations.length);
  const top = [];
  const offer = (number, distance, estimate) => {
    if (distance >= way[number] || !wanted(number)) return;
    const known = way[number] < FAR;
    way[number] = distance;
    guess[number] = estimate ? 1 : 0;
    if (!known) top.push(number);
    else if (top.indexOf(number) < 0) top.push(number);
    top.sort((a, b) => way[a] - way[b] || a - b);
    if (top.length > k) top.length = k;
  };
  world.stations.forEach((station, number) => {
    const straight = straightWay(world, place, station);
    if (straight < FAR) offer(number, straight, true);
  });
  if (place.foot) searchFrom(world, place.foot, offer, () => (top.length < k ? FAR : way[top[k - 1]]));
  return top.map((number) => ({ number, way: way[number], estimate: guess[number] === 1 }));
}

function searchFrom(world, foot, offer, enough) {
  const { search, doors, streets, stations } = world;
  startSearch(search);
  search.foot = foot;
  (doors.byEdge.get(foot.edge) || []).forEach((number) => {
    const along = Math.abs(stations[number].along - foot.along);
    offer(number, along + stations[number].access + foot.access, false);
  });
  reach(search, streets.edgeU[foot.edge], foot.along, -1);
  reach(search, streets.edgeV[foot.edge], streets.length[foot.edge] - foot.along, -1);
  let distance = 0;
  const settled = (node) => {
    for (let d = doors.first[node]; d < doors.first[node + 1]; d += 1) {
      offer(doors.station[d], distance + doors.extra[d] + foot.access, false);
    }
  };
  for (; search.waiting > 0; distance += 1) {
    if (search.head[distance & search.mask] < 0) continue;
    if (distance + foot.access > enough()) break;
    settleAt(search, distance, settled);
  }
  search.settledTo = search.waiting > 0 ? distance - 1 : FAR;
}

/* Points of the way to a station after a search from the place: [x, y, x, y, ...]. */
function wayPoints(world, place, answer) {
  const station = world.stations[answer.number];
  if (answer.estimate || !place.foot) return [place.x, place.y, station.x, station.y];
  const points = [station.x, station.y];
  const { streets, search, graph } = world;
  if (search.foot !== place.foot || search.settledTo < answer.way) {
    nearestStations(world, place, (number) => number === answer.number, 1);
  }
  const ends = [
    [streets.edgeU[station.edge], station.along],
    [streets.edgeV[station.edge], streets.length[station.edge] - station.along],
  ].filter(([node]) => search.distance[node] < FAR);
  ends.sort((a, b) => search.distance[a[0]] + a[1] - search.distance[b[0]] - b[1]);
  const direct = Math.abs(station.along - place.foot.along);
  const through = ends.length ? search.distance[ends[0][0]] + ends[0][1] : FAR;
  if (station.edge === place.foot.edge && direct <= through) {
    points.push(...edgePart(streets, station.edge, station.along, place.foot.along));
  } else if (ends.length) {
    let node = ends[0][0];
    points.push(...edgePart(streets, station.edge, station.along, node === streets.edgeU[station.edge] ? 0 : FAR));
    while (search.cameBy[node] >= 0) {
      const edge = graph.edge[search.cameBy[node]];
      const forward = streets.edgeU[edge] === node;
      points.push(...edgePart(streets, edge, forward ? 0 : FAR, forward ? FAR : 0));
      node = forward ? streets.edgeV[edge] : streets.edgeU[edge];
    }
    points.push(...edgePart(streets, place.foot.edge, node === streets.edgeU[place.foot.edge] ? 0 : FAR, place.foot.along));
  }
  points.push(place.x, place.y);
  return points;
}

/* Points of an edge between two ways along it (decimetres of its length), in that direction. */
function edgePart(streets, edge, from, to) {
  const scale = streets.length[edge] ? streets.drawn[edge] / streets.length[edge] : 0;
  const low = Math.min(from, to) * scale;
  const high = Math.min(Math.max(from, to), streets.length[edge]) * scale;
  const points = [];
  let run = 0;
  for (let i = streets.start[edge]; i < streets.start[edge + 1] - 1; i += 1) {
    const length = segmentLength(streets, i);
    const a = Math.max(low, run);
    const b = Math.min(high, run + length);
    if (length && a <= b) {
      for (const at of [a, b]) {
        const share = (at - run) / length;
        points.push([
          streets.px[i] + share * (streets.px[i + 1] - streets.px[i]),
          streets.py[i] + share * (streets.py[i + 1] - streets.py[i]),
        ]);
      }
    }
    run += length;
  }
  if (from > to) points.reverse();
  return points.flat();
}
