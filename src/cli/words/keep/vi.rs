//! Tiếng Việt.

use super::{Keep, KeepHeadings};
use crate::domain::plate::PlateState;
use crate::domain::time::ClockQuality;
use crate::domain::watch::{AlertState, WatchHow};
use crate::store::{Deed, WatchPut};

/// What these verbs say in Vietnamese.
pub static KEEP: Keep = Keep {
    head: KeepHeadings {
        number: "số",
        who: "ai",
        what: "việc",
        verb: "lệnh",
        query: "nội dung",
        purpose: "mục đích",
        results: "kết quả",
        how: "cách so",
        reason: "lý do",
        added: "ngày thêm",
        until: "đến khi",
        removed: "đã bỏ",
        event: "diễn biến",
        probability: "xác suất",
        passage: "lượt qua",
        delivered: "đã gửi",
        why: "vì sao",
        candidates: "có thể là",
        hints: "cũng có thể là xe",
        looks: "số lần đọc",
        painted: "biển số kẻ trên thân xe",
        id: "tên",
        revision: "phiên bản",
        lane: "làn",
        seen: "trong khung hình",
        clock: "đồng hồ",
        plate_state: "tình trạng biển",
        program_read: "máy đọc",
        corrected: "đã sửa",
        earlier: "các lần trước",
        journey: "hành trình",
        alerts: "cảnh báo",
        frame: "ảnh toàn cảnh",
        vehicle: "ảnh xe",
        plate_picture: "ảnh biển số",
        models: "mô hình",
        config: "cấu hình",
    },
    deed: |deed| match deed {
        Deed::Question => "hỏi",
        Deed::Answer => "trả lời",
        Deed::Correction => "sửa biển số",
        Deed::Watch => "danh sách theo dõi",
        Deed::Export => "xuất dữ liệu",
        Deed::Import => "nhập dữ liệu",
        Deed::Upgrade => "nâng cấp",
    },
    how: |how| match how {
        WatchHow::Exact => "đúng biển",
        WatchHow::Alike => "gần giống",
        WatchHow::Pattern => "theo mẫu",
    },
    put: |put| match put {
        WatchPut::Added => "đã thêm",
        WatchPut::Changed => "đã đổi",
        WatchPut::Known => "đã có sẵn",
    },
    alert: |state| match state {
        AlertState::Raised => "phát hiện",
        AlertState::Amended => "cập nhật",
        AlertState::Withdrawn => "rút lại",
    },
    plate_state: |state| match state {
        PlateState::Read => "đọc được",
        PlateState::Undetermined => "chưa xác định",
        PlateState::NotVisible => "không thấy biển",
    },
    clock: |clock| match clock {
        ClockQuality::Synced => "đã đồng bộ",
        ClockQuality::Free => "chạy tự do",
        ClockQuality::Unknown => "không rõ",
    },
    doubt: |word| match word {
        "undetermined" => "chưa xác định",
        "low_confidence" => "độ tin cậy thấp",
        "looks_disagree" => "các lần đọc khác nhau",
        "painted_otherwise" => "trên thân xe kẻ số khác",
        other => other,
    },
    reason_missing: |flag| {
        format!(
            "thiếu --{flag}: phải nêu lý do, là số hồ sơ vụ việc hoặc lời giải thích; lý do được ghi lại cùng tên \
             đăng nhập của bạn"
        )
    },
    reason_empty: "lý do để trống: cần số vụ việc hoặc vài lời; lý do được ghi lại cùng tên đăng nhập",
    pattern_too_wide: |text| {
        format!("`{text}` sẽ khớp gần như mọi xe; mẫu phải có ít nhất 3 chữ hoặc số ngoài * và ?")
    },
    unknown_class: |text| {
        format!("`{text}` không phải biển số thuộc loại nào đã biết; vẫn theo dõi đúng như đã viết")
    },
    over_already: |text| format!("--until: `{text}` đã qua; hãy cho một thời điểm sắp tới"),
    over_passed: |n| format!("đã bỏ qua {n} dòng: `đến khi` đã qua"),
    no_entry: |id| format!("danh sách theo dõi không có mục {id}; xem số mục bằng `hanhtrinh watch list`"),
    bad_line: |file, line, why| format!("{file}, dòng {line}: {why}"),
    none_taken: |n| format!("chưa thêm gì; số dòng sai: {n}; hãy sửa rồi nhập lại cả tệp"),
    no_column: |file, column| {
        let called = match column {
            "plate" => "biển số",
            "reason" => "lý do",
            other => other,
        };
        format!(
            "{file} không có cột `{called}`; dòng đầu phải ghi biển số, cách so, lý do, đến khi (hoặc plate, how, reason, \
             until)"
        )
    },
    imported: |added, changed, known| format!("đã thêm {added}, đã đổi {changed}, đã có sẵn {known}"),
    no_passage: |id| {
        format!("không có lượt qua nào tên `{id}`; tên đứng đầu tên tệp ảnh mà `hanhtrinh passages` liệt kê")
    },
    which_passage: |id| format!("có nhiều lượt qua có tên bắt đầu bằng `{id}`; hãy viết dài hơn"),
    no_home: "kho dữ liệu chưa biết tỉnh nhà nên chưa thể kết luận về biển số; hãy chạy `hanhtrinh run` một lần",
    plate_or_none: "hãy cho biển số, --none nếu không đọc được biển nào, hoặc --undo để trở lại kết quả máy đọc",
    on_its_way: |target, attempts, error| match attempts {
        0 => format!("{target}: đang chờ"),
        n => format!("{target}: {n} lần không được ({error})"),
    },
    arrived: |target| format!("{target}: rồi"),
    illegible: "không đọc được biển nào",
    program_again: "trở lại kết quả máy đọc",
    yes: "có",
    exported: |passages, pictures| format!("đã ghi {passages} lượt qua và {pictures} ảnh"),
    taken_in: |[new, amended, corrected, known, pictures, alerts]| {
        format!(
            "{new} lượt qua mới, {amended} cập nhật, {corrected} được sửa, {known} đã có sẵn; {pictures} ảnh; \
             {alerts} cảnh báo"
        )
    },
    left_out: |n| format!("bỏ qua {n} lượt: không có biển số, thời gian hoặc vị trí"),
    cannot_open: |why| format!("không mở được ảnh ({why}); hãy tự mở các tệp đã nêu"),
};
