//! Tiếng Việt.

use super::{JudgeWords, percent};
use crate::measure::{Edit, Fault, Reason};

/// What the sheet says in Vietnamese.
pub static JUDGE: JudgeWords = JudgeWords {
    language: "vi",
    title: "Lượt xe qua khác với sự thật",
    summary: |cases, [passages, found, readable, exact, wrong]| {
        format!(
            "{cases} chỗ khác. Trong {passages} lượt thật, {found} lượt được ghi nhận; trong {readable} biển số đọc \
             được, {exact} biển đọc đúng hoàn toàn; {wrong} lượt ghi nhận không có thật."
        )
    },
    cut: |shown, of| {
        format!(
            "Bị cắt bớt: chỉ hiện {shown} trong {of} chỗ khác, nặng nhất trước; --sheet-limit N để hiện thêm."
        )
    },
    nothing: "Không có gì khác với sự thật.",
    legend: "Khung hình là lúc xe qua vạch theo sự thật, khung xe thật màu xanh, khung biển màu cam; bên cạnh là ảnh nhỏ đã \
             lưu khi ghi nhận. Lượt không có thật được hiện như lúc ghi nhận.",
    fault: |fault| match fault {
        Fault::PlateWrong => "đọc sai biển số",
        Fault::Missed => "bỏ sót",
        Fault::False => "không có thật",
        Fault::DirectionWrong => "sai chiều",
        Fault::Undetermined => "không xác định được biển số",
        Fault::ClassWrong => "sai loại xe",
    },
    reason: |reason| match reason {
        Reason::NoPlate => "xe không lộ biển số trước camera này".to_owned(),
        Reason::Unreadable => "theo quy tắc của sự thật, biển này không đọc được".to_owned(),
        Reason::Narrow(px) => format!("biển chỉ rộng {px:.0} px"),
        Reason::PlateHidden(share) => format!("biển bị che {}", percent(*share)),
        Reason::PlateCovered(share) => format!("biển bị bùn hoặc vải phủ {}", percent(*share)),
        Reason::VehicleHidden(share) => format!("xe bị che {}", percent(*share)),
        Reason::AtEdge => "xe bị mép ảnh cắt".to_owned(),
        Reason::Neighbour(s) => format!("xe khác qua vạch {}", apart(*s)),
        Reason::NearestRecord(s) => format!("lượt ghi nhận còn dư gần nhất {}", apart(*s)),
        Reason::NearestTruth(s, id) => format!("lượt thật gần nhất là {id}, {}", apart(*s)),
        Reason::NoPlateFound => "không tìm thấy biển trên xe".to_owned(),
        Reason::FewLooks(n) => format!("chỉ có {n} lần nhìn"),
        Reason::Disagree(n, p) => {
            format!("{n} lần nhìn không thống nhất, khả năng cao nhất {:.0} %", p * 100.0)
        }
        Reason::GuessRight => "dự đoán tốt nhất là đúng, nhưng chưa đủ chắc".to_owned(),
        Reason::Mistaken(edits) => {
            let told: Vec<String> = edits.iter().map(mistake).collect();
            told.join(", ")
        }
    },
    truth: "sự thật",
    record: "ghi nhận",
    not_recorded: "không ghi nhận",
    not_in_truth: "không có lượt này",
    no_plate: "không có biển",
    not_read: "không đọc được",
    candidates: "khả năng",
    why: "vì sao",
    held_out: "để riêng",
    looks: |n| format!("{n} lần nhìn"),
    width: |px| format!("{px:.0} px"),
    no_picture: |why| format!("Không có ảnh: {why}"),
    none_kept: "bản ghi không lưu ảnh",
    no_clip: "cấu hình không có tệp kèm start cho camera này",
    no_frame: "đoạn phim không có khung hình lúc đó",
    written: |file, cases| format!("{file}: {cases} chỗ khác"),
};

fn apart(seconds: f64) -> String {
    format!("{} {:.1} s", if seconds < 0.0 { "trước" } else { "sau" }, seconds.abs())
}

fn mistake(edit: &Edit) -> String {
    match (edit.truth, edit.read) {
        (Some(truth), Some(read)) => format!("{truth} đọc thành {read}"),
        (Some(truth), None) => format!("thiếu {truth}"),
        (None, Some(read)) => format!("thừa {read}"),
        (None, None) => String::new(),
    }
}
