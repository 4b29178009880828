"""What must be said beside every result made with the bundled city."""

from __future__ import annotations

NOTES: tuple[tuple[str, str, str], ...] = (
    (
        "reconstructed_streets",
        "街道中心线由 OpenStreetMap 的命名道路点重建，不是测绘成果；每段标明来源（有点、内插、假定），"
        "无名小路全部缺失，因此步行距离取路网距离与直线距离乘绕行系数两者中的较短者。",
        "Street centrelines are reconstructed from named OpenStreetMap road points, not surveyed; "
        "every edge says whether it is mapped, interpolated or assumed. Unnamed lanes are missing, "
        "so walking is the shorter of the network path and straight line times a detour factor.",
    ),
    (
        "no_rail_barrier",
        "可用的公开来源中没有大兴区的铁路线，因此铁路未作为步行障碍；障碍只有高速公路和河流，"
        "两者也由命名点重建。",
        "No permitted source has Daxing's railway lines, so railways are no barrier to walking; "
        "barriers are motorways and rivers only, reconstructed from named points too.",
    ),
    (
        "study_area",
        "图上范围是研究范围，由区内地名点的外包线得出，不是法定行政界线。",
        "The outline is a study area, a hull of places bearing the district's names; it is not the "
        "legal boundary.",
    ),
    (
        "sample_data",
        "企业及人数、街面场所、集装箱箱位、户外劳动者、街道人数、到访人数和现有驿站均为示例数据；"
        "报道点名的九处场所是真实的，位置为近似。富思特企业真实，其位置和人数为示例。",
        "Enterprises and head-counts, street-front hosts, container lots, outdoor workers, people "
        "per metre, visitors and existing stations are sample data. The nine hosts named by the "
        "article are real, their positions approximate; the enterprise 富思特 is real, its position "
        "and head-count are sample.",
    ),
    (
        "sources",
        "来源：OpenStreetMap（ODbL，经 siontiles 0.3.1，2026 年取用）、GeoNames（CC BY 4.0）、"
        "国家统计局 2023 年区划代码、2018 年大兴区总工会报道。",
        "Sources: OpenStreetMap (ODbL, through siontiles 0.3.1, taken in 2026), GeoNames "
        "(CC BY 4.0), the official codes of 2023, the 2018 article on the district's unions.",
    ),
)
