/* Longitude and latitude to the map's centimetres and back: transverse Mercator, Krueger series to
   the third order, below a millimetre inside a 3-degree zone. */

function makeProjection(p) {
  const radians = Math.PI / 180;
  const n = p.f / (2 - p.f);
  const a1 = (p.a / (1 + n)) * (1 + (n * n) / 4 + (n ** 4) / 64);
  const alpha = [n / 2 - (2 * n * n) / 3 + (5 * n ** 3) / 16, (13 * n * n) / 48 - (3 * n ** 3) / 5, (61 * n ** 3) / 240];
  const beta = [n / 2 - (2 * n * n) / 3 + (37 * n ** 3) / 96, (n * n) / 48 + n ** 3 / 15, (17 * n ** 3) / 480];
  const delta = [2 * n - (2 * n * n) / 3 - 2 * n ** 3, (7 * n * n) / 3 - (8 * n ** 3) / 5, (56 * n ** 3) / 15];
  const root = (2 * Math.sqrt(n)) / (1 + n);
  const conformal = (lat) => {
    const s = Math.sin(lat);
    return Math.sinh(Math.atanh(s) - root * Math.atanh(root * s));
  };
  const northOfOrigin = a1 * alpha.reduce((sum, c, j) => sum + c * Math.sin(2 * (j + 1) * p.lat0 * radians), 0);
  const originXi = Math.atan(conformal(p.lat0 * radians));
  const base = p.k * (a1 * originXi + (p.lat0 ? northOfOrigin : 0));
  function forward(lon, lat) {
    const t = conformal(lat * radians);
    const away = (lon - p.lon0) * radians;
    const xi0 = Math.atan2(t, Math.cos(away));
    const eta0 = Math.atanh(Math.sin(away) / Math.sqrt(1 + t * t));
    let xi = xi0;
    let eta = eta0;
    alpha.forEach((c, j) => {
      xi += c * Math.sin(2 * (j + 1) * xi0) * Math.cosh(2 * (j + 1) * eta0);
      eta += c * Math.cos(2 * (j + 1) * xi0) * Math.sinh(2 * (j + 1) * eta0);
    });
    const x = p.fe + p.k * a1 * eta - p.x0;
    const y = p.fn + p.k * a1 * xi - base - p.y0;
    return { x: Math.round(x * 100), y: Math.round(y * 100) };
  }
  function inverse(x, y) {
    const xi1 = (y / 100 + p.y0 - p.fn + base) / (p.k * a1);
    const eta1 = (x / 100 + p.x0 - p.fe) / (p.k * a1);
    let xi = xi1;
    let eta = eta1;
    beta.forEach((c, j) => {
      xi -= c * Math.sin(2 * (j + 1) * xi1) * Math.cosh(2 * (j + 1) * eta1);
      eta -= c * Math.cos(2 * (j + 1) * xi1) * Math.sinh(2 * (j + 1) * eta1);
    });
    const chi = Math.asin(Math.sin(xi) / Math.cosh(eta));
    const lat = delta.reduce((sum, c, j) => sum + c * Math.sin(2 * (j + 1) * chi), chi);
    const lon = p.lon0 + Math.atan2(Math.sinh(eta), Math.cos(xi)) / radians;
    return { lon, lat: lat / radians };
  }
  return { forward, inverse };
}
