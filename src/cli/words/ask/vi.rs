//! Tiếng Việt.

use super::AskWords;
use crate::domain::plate::PlateKind;

/// What these verbs say in Vietnamese.
pub static ASK: AskWords = AskWords {
    one_each: |wider| {
        format!("mỗi dấu ? thay cho đúng một ký tự; * thay cho bao nhiêu ký tự cũng được, ví dụ \"{wider}\"")
    },
    lost_not_inside: |hours| {
        format!(
            "xe quá {hours} giờ không được ghi nhận là mất dấu, không còn tính là còn trong tỉnh; xem chúng bằng \
             `hanhtrinh journeys`"
        )
    },
    trace_empty: |plate| {
        format!(
            "không có gì được ghi về biển {plate}; `hanhtrinh search {plate}` tìm cả những biển trông giống"
        )
    },
    inside_empty: |at, hours| {
        let at = at.unwrap_or("này");
        format!(
            "lúc {at} không có xe nào như vậy còn trong tỉnh; xe quá {hours} giờ không được ghi nhận là mất dấu, xem bằng \
             `hanhtrinh journeys`"
        )
    },
    match_: "kiểu khớp",
    likeness: "độ giống",
    first_seen: "thấy lần đầu",
    leg: "từ lần trước",
    km: "km",
    speed: "km/h",
    reason: "ghép vì",
    perhaps_between: |n| match n {
        0 => "có thể chưa phải lần kế tiếp".to_owned(),
        n => format!("có thể còn {n} lượt qua ở giữa"),
    },
    since: "từ lúc",
    vehicles: "số xe",
    up_to_1h: "đến 1 giờ",
    up_to_12h: "1-12 giờ",
    up_to_1d: "12-24 giờ",
    longer: "lâu hơn",
    meetings: "số lần gặp",
    met_at: "nơi gặp",
    chance: "ngẫu nhiên",
    first: "lần trước",
    second: "lần sau",
    pictures: "ảnh",
    journeys: "hành trình",
    days: "số ngày",
    last: "lần cuối",
    all: "tổng",
    read_rate: "đọc được, khi thấy biển",
    bar: "",
    hour: "giờ",
    day: "ngày",
    exact: "đúng",
    pattern: "theo mẫu",
    alike: "gần giống",
    plate_kind: |kind| match kind {
        PlateKind::Car => "ô tô",
        PlateKind::Motorcycle => "xe máy",
        PlateKind::Trailer => "rơ moóc",
    },
    never: "chưa từng thấy",
    no_outage: "không có",
    clone_hint: "Đây là gợi ý, không phải bằng chứng: biển có thể bị đọc nhầm, được chuyển sang xe khác, hoặc đồng hồ bị sai. \
                 Hãy xem cả hai ảnh.",
    chance_hint: "ngẫu nhiên: xác suất riêng lưu lượng lúc đó đã có một xe như vậy; gần 1 thì không nói lên điều gì.",
    more: |shown| format!("chỉ hiện {shown}; còn nữa (--limit)"),
    period: |from, to| format!("từ {from} đến {to}"),
    written: |file| format!("đã ghi: {file}"),
    report_title: "Xe qua các cửa ngõ",
    by_hour: "Theo giờ trong ngày",
    by_day: "Theo ngày",
    by_gate: "Theo cửa ngõ",
    by_origin: "Theo tỉnh cấp biển số",
    by_class: "Theo loại xe",
    by_camera: "Tỷ lệ đọc được biển số theo camera",
    map: "Cửa ngõ và nơi cấp biển số",
    map_note: "Ô vuông: cửa ngõ. Hình tròn: tỉnh cấp biển số, đặt gần đúng tại tỉnh lỵ; càng lớn thì càng nhiều lượt qua. Nơi cấp \
               biển số không cho biết chủ xe ở đâu.",
    none: |by| match by {
        "hour" | "day" => "không rõ ngày giờ",
        "gate" => "không ở cửa ngõ",
        "entry" => "không thấy lúc vào",
        "origin" => "không rõ tỉnh",
        _ => "không có",
    },
    language: "vi",
};
