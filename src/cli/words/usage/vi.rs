//! Tiếng Việt.

use super::UsageWords;

/// What is said in Vietnamese.
pub static USAGE: UsageWords = UsageWords {
    no_verb: |word| format!("không có lệnh `{word}`"),
    no_verb_given: |path| format!("sau `{path}` còn thiếu một lệnh"),
    no_option: |word| format!("ở đây không có tùy chọn `{word}`"),
    word_too_many: |word| format!("thừa chữ `{word}`; các chữ đi liền nhau phải đặt trong ngoặc kép"),
    bad_value: |option, value| format!("{option}: `{value}` không hợp lệ"),
    no_value: |option| format!("{option} còn thiếu giá trị"),
    missing: |what| format!("còn thiếu {what}"),
    not_together: |one, other| format!("{one} và {other} không dùng cùng nhau được"),
    twice: |option| format!("{option} được nêu hai lần"),
    not_understood: "không hiểu dòng lệnh này",
    see_help: |command| format!("; xem `{command} --help`"),
};
