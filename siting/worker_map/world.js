/* Everything the page knows, from the two data blocks. */

function loadWorld() {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const streets = decodeStreets(document.getElementById("streets-data").textContent);
  const graph = buildGraph(streets);
  const grid = buildGrid(streets);
  const stations = loadStations(data);
  const world = {
    ...data,
    lang: "zh",
    streets,
    graph,
    grid,
    stations,
    search: makeSearch(graph),
    doors: buildDoors(streets, graph, stations),
    hours: makeHours(data.hours),
    projection: makeProjection(data.projection),
    rota: loadRota(data.rota),
  };
  world.crowd = crowd(stations);
  return world;
}

/* Columns become rows; x and y are centimetres, along and access decimetres. */
function loadStations(data) {
  const c = data.stations;
  return c.id.map((id, n) => ({
    id,
    number: n,
    name: c.name[n],
    x: c.x[n],
    y: c.y[n],
    edge: c.edge[n],
    along: c.along[n],
    access: c.access[n],
    lon: c.lon[n] / 1e6,
    lat: c.lat[n] / 1e6,
    gcj02: [(c.lon[n] + c.shiftLon[n]) / 1e6, (c.lat[n] + c.shiftLat[n]) / 1e6],
    rule: c.rule[n],
    services: c.services[n],
    mobile: Boolean(c.flags[n] & 1),
    internal: Boolean(c.flags[n] & 2),
    sample: Boolean(c.flags[n] & 4),
    hoursConfirmed: Boolean(c.flags[n] & 8),
    servicesConfirmed: Boolean(c.flags[n] & 16),
    host: data.hosts[c.host[n]],
    town: data.towns[c.town[n]],
    street: data.stationStreets[c.street[n]],
    address: c.address[n] || "",
    phone: c.phone[n] || "",
    note: c.note[n] || "",
    accuracy: c.accuracy[n],
  }));
}

function loadRota(rows) {
  const weeks = new Map();
  rows.forEach(([monday, container, number]) => {
    if (!weeks.has(monday)) weeks.set(monday, []);
    weeks.get(monday).push({ container, number });
  });
  return weeks;
}

/* The stations of the square of 3 km that has most of them: where the map opens. A station that only
   its own people may enter counts where there is no other. */
function crowd(stations) {
  const shown = stations.some((station) => !station.internal) ? stations.filter((station) => !station.internal) : stations;
  const cells = new Map();
  shown.forEach((station) => {
    const key = `${Math.floor(station.x / 300000)}:${Math.floor(station.y / 300000)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(station);
  });
  return [...cells.values()].reduce((best, cell) => (cell.length > best.length ? cell : best), []);
}

/* A place on the map with its foot on the street. */
function makePlace(world, x, y, name) {
  return { x, y, name, foot: snapTo(world.streets, world.grid, x, y) };
}

/* The wanted stations, nearest first; those without a walking way last, as the crow flies. */
function answersFrom(world, place, wanted, k) {
  const found = nearestStations(world, place, wanted, k);
  if (found.length >= k) return found;
  const have = new Set(found.map((answer) => answer.number));
  const others = world.stations.filter((station) => !have.has(station.number) && wanted(station.number))
    .map((station) => ({ number: station.number, way: Math.round(Math.hypot(station.x - place.x, station.y - place.y) / 10), crow: true }))
    .sort((a, b) => a.way - b.way);
  return found.concat(others.slice(0, k - found.length));
}

/* Places by name: those that begin with the text first, then those that hold it. */
function findPlaces(world, text, limit) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const score = (name) => {
    const at = name.toLowerCase().indexOf(wanted);
    return at < 0 ? -1 : at === 0 ? name.length : 100 + name.length;
  };
  const found = world.places.map(([name, kind, x, y]) => ({ name, kind: world.placeKinds[kind], x, y, score: score(name) }))
    .concat(world.stations.map((station) => ({ name: station.name, kind: "station", x: station.x, y: station.y, number: station.number, score: score(station.name) })))
    .filter((place) => place.score >= 0);
  found.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  return found.slice(0, limit);
}

/* A few answers before the first tap, shown to nobody, so that the browser has compiled them by then. */
function warmUp(world, answerAt) {
  for (const share of [0.3, 0.4, 0.5, 0.6, 0.7]) {
    answerAt(makePlace(world, world.grid.maxX * share, world.grid.maxY * share, ""));
  }
}
