/* Optional online base maps. Nothing here asks for anything unless a planner switched one on.
   Amap's tiles are in GCJ-02: for display they are shifted under the map, whose own data stay in
   WGS-84. Tianditu's are in CGCS2000, centimetres from WGS-84, and need a key. */
(function (L, root) {
  "use strict";

  const SEMI_MAJOR_M = 6378245.0;
  const ECCENTRICITY_2 = 0.00669342162296594323;
  const PROVIDERS = {
    amap: {
      layers: ["https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"],
      options: { subdomains: "1234", maxZoom: 18, maxNativeZoom: 18 },
      shifted: true,
    },
    tianditu: {
      layers: ["vec", "cva"].map(function (name) {
        return (
          "https://t{s}.tianditu.gov.cn/" + name + "_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=" + name +
          "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
        );
      }),
      options: { subdomains: "01234567", maxZoom: 18, maxNativeZoom: 18 },
      shifted: false,
    },
  };

  /** GCJ-02 degrees of WGS-84 degrees; the published series, as in geodata/datum_shift.py. */
  function toGcj(lon, lat) {
    const x = lon - 105.0;
    const y = lat - 35.0;
    const pi = Math.PI;
    const root = Math.sqrt(Math.abs(x));
    const ripple = 20 * Math.sin(6 * pi * x) + 20 * Math.sin(2 * pi * x);
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    east += (2 / 3) * (ripple + 20 * Math.sin(pi * x) + 40 * Math.sin((pi * x) / 3) + 150 * Math.sin((pi * x) / 12) + 300 * Math.sin((pi * x) / 30));
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    north += (2 / 3) * (ripple + 20 * Math.sin(pi * y) + 40 * Math.sin((pi * y) / 3) + 160 * Math.sin((pi * y) / 12) + 320 * Math.sin((pi * y) / 30));
    const phi = (lat * pi) / 180;
    const flat = 1 - ECCENTRICITY_2 * Math.sin(phi) * Math.sin(phi);
    const meridian = (SEMI_MAJOR_M * (1 - ECCENTRICITY_2)) / (flat * Math.sqrt(flat));
    const parallel = (SEMI_MAJOR_M / Math.sqrt(flat)) * Math.cos(phi);
    return [lon + (east / parallel) * (180 / pi), lat + (north / meridian) * (180 / pi)];
  }

  const Shifted = L.TileLayer.extend({
    onAdd: function (map) {
      L.TileLayer.prototype.onAdd.call(this, map);
      map.on("moveend", this._again, this);
    },

    onRemove: function (map) {
      map.off("moveend", this._again, this);
      L.TileLayer.prototype.onRemove.call(this, map);
    },

    /** The shift changes from place to place; after a move it is taken anew. */
    _again: function () {
      this._resetView();
    },

    _setZoomTransform: function (level, center, zoom) {
      L.TileLayer.prototype._setZoomTransform.call(this, level, shift(center), zoom);
    },

    _getTiledPixelBounds: function (center) {
      return L.TileLayer.prototype._getTiledPixelBounds.call(this, shift(center));
    },
  });

  function shift(center) {
    const at = L.latLng(center);
    const moved = toGcj(at.lng, at.lat);
    return L.latLng(moved[1], moved[0]);
  }

  /** Lay the base map that was asked for under the map, or none. */
  function show(map, asked) {
    const wanted = JSON.stringify(asked || {});
    if (map.tilesAsked === wanted || (!map.tilesAsked && wanted === "{}")) {
      return;
    }
    map.tilesAsked = wanted;
    (map.tileLayers || []).forEach(function (layer) {
      layer.remove();
    });
    map.tileLayers = [];
    const provider = PROVIDERS[(asked || {}).kind];
    if (!provider) {
      return;
    }
    if (!map.getPane("sm-tiles")) {
      const pane = map.createPane("sm-tiles");
      pane.style.zIndex = 220;
      pane.style.pointerEvents = "none";
    }
    const Layer = provider.shifted ? Shifted : L.TileLayer;
    map.tileLayers = provider.layers.map(function (address) {
      const options = { pane: "sm-tiles", key: encodeURIComponent(asked.key || ""), attribution: asked.attribution || "", opacity: 0.75 };
      const layer = new Layer(address, Object.assign(options, provider.options));
      layer.once("tileerror", function () {
        map.attributionControl.addAttribution(asked.failed || "");
      });
      return layer.addTo(map);
    });
  }

  root.StationTiles = { show: show, toGcj: toGcj };
})(L, window);
