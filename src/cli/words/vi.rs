//! Tiếng Việt.

use super::{Headings, Sentences, Words};
use crate::domain::detection::{VehicleClass, VehicleColour};
use crate::domain::journey::JourneyState;
use crate::domain::place::Direction;
use crate::domain::plate::Verdict;

/// What the program says in Vietnamese.
pub static WORDS: Words = Words {
    head: Headings {
        time: "thời gian",
        camera: "camera",
        gate: "cửa ngõ",
        direction: "chiều",
        plate: "biển số",
        class: "loại xe",
        colour: "màu",
        verdict: "kết luận",
        issued_in: "cấp tại",
        confidence: "độ tin cậy",
        picture: "ảnh",
        state: "trạng thái",
        entered: "vào",
        left: "ra",
        last_seen: "thấy lần cuối",
        passages: "lượt qua",
        outages: "mất hình",
    },
    say: Sentences {
        nothing_found: "không tìm thấy kết quả nào",
        not_seen: "chưa ghi nhận",
        purpose_missing: "thiếu --purpose: hỏi về một biển số phải nêu lý do, là số hồ sơ vụ việc hoặc lời giải thích; \
                          lý do được ghi lại cùng tên đăng nhập của bạn",
        no_store_given: "hãy cho biết --config TỆP hoặc --store THƯ_MỤC",
        unknown_name: |flag, name| format!("--{flag}: ở đây không có `{name}`"),
        unknown_word: |flag, word, known| {
            format!("--{flag}: `{word}` không thuộc các từ {}", known.join(", "))
        },
        did_you_mean: |word| format!("; có phải ý bạn là `{word}`?"),
        known_are: |known| format!("; hiện có {}", known.join(", ")),
        no_share: |flag, number| format!("--{flag}: {number} không phải tỷ lệ; hãy cho một số từ 0 đến 1"),
        no_time: |flag, text| {
            format!(
                "--{flag}: không hiểu thời gian `{text}`; hãy viết 14/03/2026, 14/03/2026 09:30, 7h30, hôm qua 7h30, \
                 3 giờ chiều, sáng nay, tối qua, thứ hai tuần trước, 2 giờ qua, hoặc ISO 8601"
            )
        },
        ends_before_it_begins: |from, to| {
            format!("--to ({to}) ở trước --from ({from}); hãy đổi chỗ hai thời điểm, hoặc viết rõ ngày")
        },
        built_in_table: |why| {
            format!("{why}; tạm thời độ giống của biển số được tính theo bảng có sẵn trong chương trình")
        },
        no_length: |flag, text| {
            format!("--{flag}: không hiểu khoảng thời gian `{text}`; hãy viết 90m, 12h, 3d hoặc 2 giờ")
        },
        no_plate: |text| {
            format!(
                "`{text}` không phải biển số thuộc loại nào đã biết; hãy viết như 30A-123.45 hoặc 29-B1 123.45"
            )
        },
        part_of_plate: |text| {
            format!("`{text}` mới là một phần biển số; hãy tìm bằng `hanhtrinh search \"{text}\"`")
        },
        no_store: |dir| {
            format!(
                "không có kho dữ liệu trong {dir}; hãy cho đúng thư mục, hoặc tạo kho mới bằng `hanhtrinh run`"
            )
        },
        no_rights: |path| {
            format!(
                "{path}: bạn không có quyền; hãy nhờ kỹ thuật viên cấp quyền ghi vào thư mục này (khi hỏi cũng cần, vì \
                 câu hỏi được ghi lại)"
            )
        },
        no_file: |path| format!("{path}: không có tệp hoặc thư mục này"),
        no_utf8: |path| {
            format!("{path}: không phải văn bản UTF-8; hãy lưu lại trong bảng tính theo dạng CSV UTF-8")
        },
        cut_off: |n| format!("mới hiện {n} dòng đầu, chưa hết; thêm --limit SỐ để xem nhiều hơn"),
        no_province: |flag, name, near| {
            let near = near.map(|n| format!(" (có phải ý bạn là \"{n}\"?)")).unwrap_or_default();
            format!(
                "--{flag}: không có tỉnh nào tên \"{name}\"{near}; hãy viết mã số, hoặc một trong 63 tên trước ngày \
                 01/07/2025 hay 34 tên từ ngày đó, có dấu hoặc không dấu"
            )
        },
    },
    verdict: |verdict| match verdict {
        Verdict::Home => "trong tỉnh",
        Verdict::Outside => "ngoại tỉnh",
        Verdict::NoProvince => "không thuộc tỉnh",
        Verdict::Foreign => "nước ngoài",
        Verdict::Undetermined => "chưa xác định",
    },
    direction: |direction| match direction {
        Direction::In => "vào",
        Direction::Out => "ra",
        Direction::Seen => "có mặt",
    },
    class: |class| match class {
        VehicleClass::Car => "ô tô con",
        VehicleClass::Motorcycle => "xe máy",
        VehicleClass::Bus => "xe khách",
        VehicleClass::Truck => "xe tải",
        VehicleClass::Unknown => "chưa rõ",
    },
    colour: |colour| match colour {
        VehicleColour::White => "trắng",
        VehicleColour::Grey => "xám",
        VehicleColour::Black => "đen",
        VehicleColour::Red => "đỏ",
        VehicleColour::Orange => "cam",
        VehicleColour::Yellow => "vàng",
        VehicleColour::Green => "xanh lá",
        VehicleColour::Blue => "xanh dương",
    },
    state: |state| match state {
        JourneyState::Inside => "còn trong tỉnh",
        JourneyState::Left => "đã ra",
        JourneyState::Lost => "mất dấu",
    },
    outage: |state| match state {
        "unreachable" => "không kết nối được",
        "auth_failed" => "sai mật khẩu",
        "stalled" => "đứng hình",
        "stopped" => "dừng",
        other => other,
    },
    keep: &super::keep::vi::KEEP,
    ask: &super::ask::vi::ASK,
    judge: &super::judge::vi::JUDGE,
    usage: &super::usage::vi::USAGE,
    why: |why| match why {
        "first" => "đầu tiên".to_owned(),
        "same plate" => "cùng biển số".to_owned(),
        "same crossing" => "cùng một lần qua".to_owned(),
        other => alike(other).unwrap_or_else(|| other.to_owned()),
    },
};

/// `looks alike: read as TEXT, N min|h from the next sighting`
fn alike(why: &str) -> Option<String> {
    let told = why.strip_prefix("looks alike: read as ")?.strip_suffix(" from the next sighting")?;
    let (text, time) = told.split_once(", ")?;
    let (number, unit) = time.split_once(' ')?;
    let unit = if unit == "h" { "giờ" } else { "phút" };
    Some(format!("trông giống: đọc là {text}, cách lần thấy gần nhất {number} {unit}"))
}
