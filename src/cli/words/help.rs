//! Help texts in Vietnamese. The command line carries the English ones; here each is given again, and what the parser adds
//! of its own.

use clap::{Arg, Command};

use super::{Lang, lang};

/// The command with its help in the language of the answers.
pub fn told(mut command: Command) -> Command {
    match lang() {
        Lang::En => command,
        Lang::Vi => {
            // The parser's own options and verbs are there only once it has been built.
            command.build();
            vietnamese(command)
        }
    }
}

fn vietnamese(command: Command) -> Command {
    let about = command.get_about().map(|text| again(&text.to_string()));
    let long = command.get_long_about().map(|text| again(&text.to_string()));
    let mut command = command
        .help_template("{about-with-newline}\nCách dùng: {usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("Lệnh")
        .mut_args(of_argument)
        .mut_subcommands(vietnamese);
    if let Some(about) = about {
        command = command.about(about);
    }
    match long {
        Some(long) => command.long_about(long),
        None => command,
    }
}

fn of_argument(argument: Arg) -> Arg {
    let mut help = argument.get_help().map(|text| again(&text.to_string())).unwrap_or_default();
    let mut add = |what: &str, values: Vec<String>| {
        if !values.is_empty() {
            help += &format!(" [{what}: {}]", values.join(", "));
        }
    };
    let words =
        |values: &[clap::builder::OsStr]| values.iter().map(|v| v.to_string_lossy().into_owned()).collect();
    if argument.get_action().takes_values() {
        if !argument.is_hide_possible_values_set() {
            let known = argument.get_possible_values();
            add("một trong", known.iter().map(|v| v.get_name().to_owned()).collect());
        }
        if !argument.is_hide_default_value_set() {
            add("mặc định", words(argument.get_default_values()));
        }
    }
    if let Some(name) = argument.get_env() {
        add("biến môi trường", vec![name.to_string_lossy().into_owned()]);
    }
    let heading = if argument.is_positional() { "Tham số" } else { "Tùy chọn" };
    argument
        .help(help)
        .help_heading(heading)
        .hide_possible_values(true)
        .hide_default_value(true)
        .hide_env(true)
}

/// The text in Vietnamese; as it is where it has none, which a test rules out.
fn again(text: &str) -> String {
    VIETNAMESE.iter().find(|pair| pair.0 == text).map_or(text, |pair| pair.1).to_owned()
}

const VIETNAMESE: &[(&str, &str)] = &[
    (
        "Follows the journeys of vehicles from other provinces: cameras in, journeys out",
        "Theo dõi hành trình của xe ngoại tỉnh: đầu vào là camera, đầu ra là hành trình",
    ),
    ("Print help", "In phần trợ giúp"),
    ("Print help (see more with '--help')", "In phần trợ giúp (đầy đủ hơn với --help)"),
    ("Print help (see a summary with '-h')", "In phần trợ giúp (bản tóm tắt với -h)"),
    ("Print version", "In phiên bản"),
    (
        "Print this message or the help of the given subcommand(s)",
        "In phần này, hoặc trợ giúp của lệnh được nêu",
    ),
    (
        "Language of answers, vi or en [default: by LC_ALL, LC_MESSAGES or LANG]",
        "Ngôn ngữ trả lời, vi hoặc en [mặc định: theo LC_ALL, LC_MESSAGES hoặc LANG]",
    ),
    // The verbs.
    ("Watch the cameras and record passages and journeys", "Theo dõi các camera, ghi lượt qua và hành trình"),
    ("List passages (lượt xe qua), newest first", "Liệt kê lượt xe qua, mới nhất trước"),
    ("List journeys (hành trình), newest first", "Liệt kê hành trình, mới nhất trước"),
    ("Show every passage and journey of one plate", "Xem mọi lượt qua và hành trình của một biển số"),
    (
        "Say where a vehicle was last seen, whether it left, and which cameras were out since",
        "Xe được thấy lần cuối ở đâu, đã ra chưa, từ đó đến nay camera nào mất hình",
    ),
    (
        "Find plates by a part or a pattern (30A*45), and those that one may have been read as",
        "Tìm biển số theo một phần hoặc theo mẫu (30A*45), kể cả biển có thể bị đọc nhầm",
    ),
    (
        "List journeys that stand open: vehicles in the province that were not seen going out",
        "Liệt kê xe còn trong tỉnh: đã vào mà chưa thấy ra",
    ),
    (
        "Find who goes the same way as a vehicle (cùng hành trình), and how likely that is by chance",
        "Tìm xe đi cùng hành trình, và khả năng đó chỉ là ngẫu nhiên",
    ),
    (
        "Find plates seen where one vehicle cannot be: hints of clones",
        "Tìm biển số xuất hiện ở những nơi một xe không thể cùng có mặt: nghi vấn biển giả",
    ),
    ("List vehicles that come often", "Liệt kê xe vào nhiều lần"),
    (
        "Count traffic (lưu lượng) by hour, gate, origin, class and camera",
        "Đếm lưu lượng theo giờ, cửa ngõ, nơi cấp biển, loại xe, camera",
    ),
    (
        "Write a report of the traffic as one HTML file with charts and a map",
        "Viết báo cáo lưu lượng thành một tệp HTML có biểu đồ và bản đồ",
    ),
    ("Keep the watch list (danh sách theo dõi)", "Quản lý danh sách theo dõi"),
    (
        "List alerts (cảnh báo): passages that the watch list means",
        "Liệt kê cảnh báo: lượt qua khớp với danh sách theo dõi",
    ),
    (
        "List passages that a person should look at (cần kiểm tra lại)",
        "Liệt kê lượt qua cần người kiểm tra lại",
    ),
    ("Show one passage in full, with its pictures", "Xem đầy đủ một lượt qua, kèm ảnh"),
    (
        "Say what plate is on a passage's pictures; journeys follow",
        "Sửa biển số của một lượt qua theo ảnh; hành trình được ghép lại theo",
    ),
    ("Show who asked and changed what, when and why", "Xem ai đã hỏi, đã sửa gì, khi nào và vì sao"),
    ("Find vehicles and read plates in pictures", "Tìm xe và đọc biển số trong ảnh"),
    ("Measure the pipeline on clips", "Đo tốc độ xử lý trên các đoạn phim"),
    (
        "Measure passages, plates or detections against truth",
        "Đo lượt qua, biển số hoặc kết quả phát hiện so với sự thật",
    ),
    ("Check or show the configuration", "Kiểm tra hoặc xem cấu hình"),
    ("Check a camera", "Kiểm tra một camera"),
    ("Look after the store", "Trông nom kho dữ liệu"),
    (
        "Show the models, check their hashes, and start the execution provider",
        "Xem các mô hình, kiểm tra mã băm, chạy thử bộ xử lý suy luận",
    ),
    ("Print completions for a shell", "In phần gợi ý lệnh cho một shell"),
    ("Write manual pages", "Viết các trang hướng dẫn (man)"),
    // Where things are.
    ("The configuration (TOML)", "Tệp cấu hình (TOML)"),
    ("The configuration (TOML) that names the store", "Tệp cấu hình (TOML) có nêu kho dữ liệu"),
    ("The store's folder", "Thư mục của kho dữ liệu"),
    (
        "Folder of the models [default: beside the configuration, then the repository's or the installed one]",
        "Thư mục của các mô hình [mặc định: cạnh tệp cấu hình, rồi của mã nguồn hoặc nơi cài đặt]",
    ),
    (
        "ONNX Runtime's library [default: what `cargo xtask setup` installed]",
        "Thư viện ONNX Runtime [mặc định: bản do `cargo xtask setup` cài]",
    ),
    (
        "The configuration, for its provider and the models beside it",
        "Tệp cấu hình, để lấy bộ xử lý và các mô hình đặt cạnh nó",
    ),
    // How answers look.
    ("JSON Lines instead of a table", "JSON Lines thay cho bảng"),
    ("JSON Lines instead of text", "JSON Lines thay cho lời"),
    ("JSON instead of a table", "JSON thay cho bảng"),
    ("JSON instead of tables", "JSON thay cho bảng"),
    ("JSON instead of text", "JSON thay cho lời"),
    (
        "CSV instead of a table: the keys of --json, of what lies within another with a dot",
        "CSV thay cho bảng: các khóa như của --json, khóa nằm trong khóa khác thì có dấu chấm",
    ),
    ("GeoJSON instead of a table, for maps", "GeoJSON thay cho bảng, dùng cho bản đồ"),
    ("The file to write [default: standard output]", "Tệp sẽ ghi [mặc định: in ra màn hình]"),
    ("File to write [default: standard output]", "Tệp sẽ ghi [mặc định: in ra màn hình]"),
    ("At most this many", "Nhiều nhất chừng này dòng"),
    ("At most this many [default: 100]", "Nhiều nhất chừng này dòng [mặc định: 100]"),
    ("At most this many, the latest", "Nhiều nhất chừng này dòng, lấy những dòng mới nhất"),
    // Which plate, and why it is asked for.
    (
        "The plate, as people type it: 30A-123.45, 29-B1 123.45",
        "Biển số, gõ như thường: 30A-123.45, 29-B1 123.45",
    ),
    (
        "The plate, as people type it; * stands for any characters, ? for one",
        "Biển số, gõ như thường; * thay cho các ký tự bất kỳ, ? thay cho đúng một ký tự",
    ),
    ("The plate on its pictures, as people type it", "Biển số trên ảnh, gõ như thường"),
    (
        "A plate, which also finds look-alikes and what unread passages may show; a part of one, or a pattern: `*` any \
         characters, `?` one (30A*45, ?0A12345)",
        "Một biển số, khi đó tìm cả biển trông giống và lượt qua chưa đọc được; hoặc một phần của biển; hoặc một mẫu: `*` \
         là các ký tự bất kỳ, `?` là một ký tự (30A*45, ?0A12345)",
    ),
    (
        "Plate, as people type it, or a pattern with * and ?; needs --purpose",
        "Biển số, gõ như thường, hoặc mẫu có * và ?; phải kèm --purpose",
    ),
    (
        "Why this plate is asked for: a case number or words; recorded with your login",
        "Vì sao hỏi biển số này: số vụ việc hoặc vài lời; được ghi lại cùng tên đăng nhập của bạn",
    ),
    (
        "Why: a case number or words; recorded with your login",
        "Vì sao: số vụ việc hoặc vài lời; được ghi lại cùng tên đăng nhập của bạn",
    ),
    ("Why: a case number or words", "Vì sao: số vụ việc hoặc vài lời"),
    ("Why; recorded with your login", "Vì sao; được ghi lại cùng tên đăng nhập của bạn"),
    // When.
    (
        "From this time on (14/03/2026 09:30, 14/03/2026, 7h30, hôm qua, 3 giờ chiều, sáng nay, 2 giờ qua, ISO 8601)",
        "Từ lúc này (14/03/2026 09:30, 14/03/2026, 7h30, hôm qua, 3 giờ chiều, sáng nay, 2 giờ qua, ISO 8601)",
    ),
    (
        "From this time on (dd/MM/yyyy HH:mm:ss, dd/MM/yyyy, 7h30, hôm nay, hôm qua, ISO 8601)",
        "Từ lúc này (dd/MM/yyyy HH:mm:ss, dd/MM/yyyy, 7h30, hôm nay, hôm qua, ISO 8601)",
    ),
    ("From this time on", "Từ lúc này"),
    (
        "From this time on [default: the last day on record, or what the verb says]",
        "Từ lúc này [mặc định: ngày cuối có dữ liệu, hoặc như lệnh nói]",
    ),
    (
        "Before this time; a day, `chiều qua` or `tuần trước` to its end",
        "Đến trước lúc này; một ngày, `chiều qua` hay `tuần trước` thì tính đến hết",
    ),
    ("Before this time, a day to its end", "Đến trước lúc này, một ngày thì tính đến hết ngày"),
    (
        "Before this time, a day to its end [default: the end of the last day on record]",
        "Đến trước lúc này, một ngày thì tính đến hết ngày [mặc định: hết ngày cuối có dữ liệu]",
    ),
    (
        "Until this time, a day to its end [default: until it is taken off]",
        "Đến lúc này, một ngày thì tính đến hết ngày [mặc định: đến khi được gỡ]",
    ),
    (
        "At this time instead of now; a day at its begin",
        "Vào lúc này thay vì bây giờ; một ngày thì tính lúc đầu ngày",
    ),
    (
        "In the province, or in view of the camera (`passages`), for longer than this (90m, 12h, 3d)",
        "Ở trong tỉnh, hoặc trong khung hình (lệnh `passages`), lâu hơn chừng này (90m, 12h, 3d)",
    ),
    // Which passages and journeys.
    ("Camera", "Camera"),
    ("Gate", "Cửa ngõ"),
    ("in, out or seen", "vào, ra hoặc có mặt (in, out, seen)"),
    (
        "home, outside, no_province, foreign or undetermined",
        "trong tỉnh, ngoại tỉnh, không thuộc tỉnh, nước ngoài hoặc chưa xác định (home, outside, no_province, foreign, \
         undetermined)",
    ),
    (
        "Where the plate was issued: a code, or a province's name of 2021 or of today",
        "Nơi cấp biển: mã số, hoặc tên tỉnh của năm 2021 hay hiện nay",
    ),
    (
        "Where the plate was issued, by the province of 2021 alone: `Thái Nguyên` is then code 20 without 97",
        "Nơi cấp biển, chỉ theo tỉnh của năm 2021: `Thái Nguyên` khi đó là mã 20, không có 97",
    ),
    ("As --province, by the province of 2021 alone", "Như --province, chỉ theo tỉnh của năm 2021"),
    (
        "car, motorcycle, bus, truck or unknown",
        "ô tô con, xe máy, xe khách, xe tải hoặc chưa rõ (car, motorcycle, bus, truck, unknown)",
    ),
    (
        "white, grey, black, red, orange, yellow, green or blue; silver is grey or white; vehicles of unknown colour are left out",
        "trắng, xám, đen, đỏ, cam, vàng, xanh lá hoặc xanh dương; bạc là xám hoặc trắng; xe chưa rõ màu thì không có trong kết quả",
    ),
    ("Least confidence of the read, 0-1", "Độ tin cậy thấp nhất của kết quả đọc, 0-1"),
    ("Came in by this gate", "Vào bằng cửa ngõ này"),
    ("Went out by this gate", "Ra bằng cửa ngõ này"),
    (
        "Count them by origin, gate or class and by time since entry, instead of listing each",
        "Đếm theo nơi cấp biển (origin), cửa ngõ (gate) hoặc loại xe (class) và theo thời gian từ lúc vào, thay vì liệt kê",
    ),
    ("At most this long before or after it", "Trước hoặc sau xe đó nhiều nhất chừng này"),
    (
        "At this many different points at least; a point is a gate or an inner camera in one direction",
        "Ở ít nhất chừng này điểm khác nhau; một điểm là một cửa ngõ hoặc một camera bên trong, theo một chiều",
    ),
    (
        "What no vehicle exceeds on the straight line, km/h",
        "Tốc độ theo đường chim bay mà không xe nào vượt, km/h",
    ),
    ("Least confidence of both reads, 0-1", "Độ tin cậy thấp nhất của cả hai lần đọc, 0-1"),
    (
        "This many journeys at least; without --from, in the last 30 days on record",
        "Ít nhất chừng này hành trình; không có --from thì trong 30 ngày cuối có dữ liệu",
    ),
    (
        "hour, day, gate, origin, class, camera, direction or verdict; several with commas",
        "giờ, ngày, cửa ngõ, nơi cấp biển, loại xe, camera, chiều hoặc kết luận (hour, day, gate, origin, class, camera, \
         direction, verdict); nhiều mục cách nhau bằng dấu phẩy",
    ),
    // Watch list, alerts, review, correction, audit.
    ("Watch for a plate; what matches gives an alert", "Theo dõi một biển số; lượt qua khớp sẽ có cảnh báo"),
    ("Take entries off the list, by their numbers", "Gỡ các mục khỏi danh sách, theo số của chúng"),
    ("List what is watched for", "Liệt kê những gì đang theo dõi"),
    (
        "Watch for all plates of a CSV file with the columns plate, how, reason and until",
        "Theo dõi mọi biển số của một tệp CSV có các cột plate, how, reason và until",
    ),
    ("Print the list as such a CSV file", "In danh sách thành tệp CSV như vậy"),
    ("Also what may be a misreading of the plate", "Cả biển có thể do đọc nhầm biển này mà ra"),
    ("Numbers of entries", "Số của các mục"),
    ("Also those that are over or were taken off", "Cả mục đã hết hạn hoặc đã gỡ"),
    ("The CSV file", "Tệp CSV"),
    ("Go on with what comes, until interrupted", "Tiếp tục với những gì mới đến, cho đến khi bị ngắt"),
    (
        "Also plates that were read with less confidence than this, 0-1 [default: the reader's confident_vote_p; 0.9975 at most]",
        "Cả biển đọc được với độ tin cậy thấp hơn mức này, 0-1 [mặc định: confident_vote_p của bộ đọc; cao nhất 0.9975]",
    ),
    (
        "Oldest first, instead of what the watch list may mean and what stands open at the gates",
        "Cũ nhất trước, thay vì trước hết là những gì danh sách theo dõi và các cửa ngõ đang cần",
    ),
    ("Open its pictures", "Mở các ảnh"),
    ("Name of the passage, or its beginning", "Tên của lượt qua, hoặc phần đầu của tên"),
    ("No plate is legible", "Không biển nào đọc được"),
    ("Let the program's reading stand again", "Lấy lại kết quả đọc của chương trình"),
    (
        "Who has read it [default: your login, which is recorded in any case]",
        "Ai đã đọc [mặc định: tên đăng nhập của bạn, dù sao cũng được ghi lại]",
    ),
    (
        "List who did what, when and why: questions about plates, corrections, the watch list, exports and imports",
        "Liệt kê ai đã làm gì, khi nào và vì sao: hỏi biển số, sửa, danh sách theo dõi, xuất và nhập",
    ),
    ("Login", "Tên đăng nhập"),
    (
        "Only what names this plate, or this part of one",
        "Chỉ những gì có nêu biển số này, hoặc phần này của biển",
    ),
    // The store.
    (
        "Check records, pictures and journeys against each other",
        "Đối chiếu bản ghi, ảnh và hành trình với nhau",
    ),
    ("Write what was recorded, for another box", "Ghi ra những gì đã lưu, cho một máy khác"),
    (
        "Take in what another box has recorded; journeys join across boxes",
        "Nhận những gì máy khác đã ghi; hành trình được ghép qua các máy",
    ),
    ("Exports of other boxes", "Các tệp do máy khác xuất"),
    (
        "In what form: hanhtrinh, which `store import` takes in, or circular-12-2020",
        "Theo dạng nào: hanhtrinh, để `store import` nhận, hoặc circular-12-2020",
    ),
    (
        "What was recorded at this time or later; in the form of the circular, what passed",
        "Những gì được ghi từ lúc này trở đi; theo dạng của thông tư thì là những lượt qua từ lúc này",
    ),
    ("With the pictures", "Kèm ảnh"),
    // Cameras, models, measuring.
    ("Stop when every file has been read to its end", "Dừng khi mọi tệp đã được đọc hết"),
    (
        "Date the first frame of files that have no `start` with the present moment",
        "Lấy lúc này làm thời điểm khung hình đầu của các tệp không có `start`",
    ),
    (
        "Save a still with the line, its arrow of `in`, boxes and plate widths drawn on it",
        "Lưu một ảnh có vẽ vạch đếm, mũi tên chiều vào, khung xe và bề rộng biển số",
    ),
    ("The camera's name", "Tên camera"),
    ("The picture to write [default: NAME.jpg]", "Ảnh sẽ ghi [mặc định: TÊN.jpg]"),
    ("Check the file and everything that it names", "Kiểm tra tệp và mọi thứ mà nó nêu"),
    (
        "Print the configuration with its defaults, secrets left out",
        "In cấu hình với các giá trị mặc định, không kèm mật khẩu",
    ),
    ("Pictures", "Ảnh"),
    ("Clips", "Đoạn phim"),
    (
        "Least score of a detection, 0-1 [default: the shipped thresholds]",
        "Điểm phát hiện thấp nhất, 0-1 [mặc định: ngưỡng kèm theo]",
    ),
    (
        "Least confidence of a read, 0-1 [default: the shipped threshold]",
        "Độ tin cậy đọc thấp nhất, 0-1 [mặc định: ngưỡng kèm theo]",
    ),
    ("Execution provider: auto, cpu or cuda", "Bộ xử lý suy luận: auto, cpu hoặc cuda"),
    (
        "Frames a second of stream time that the detector sees",
        "Số khung hình bộ phát hiện xem trong mỗi giây của luồng",
    ),
    ("bash, zsh, fish, elvish or powershell", "bash, zsh, fish, elvish hoặc powershell"),
    ("Folder to write the pages into", "Thư mục để ghi các trang"),
    ("Passages and journeys against truth", "Lượt qua và hành trình so với sự thật"),
    ("Plates read in pictures against labels", "Biển số đọc trong ảnh so với nhãn"),
    (
        "Vehicles and plates found in pictures against labelled boxes",
        "Xe và biển số tìm thấy trong ảnh so với khung đã gán nhãn",
    ),
    ("Folder of the pictures", "Thư mục ảnh"),
    (
        "Folder of the labels (YOLO txt): 0 car, 1 motorcycle, 2 bus, 3 truck, 4 plate, above 4 regions to ignore",
        "Thư mục nhãn (txt kiểu YOLO): 0 ô tô con, 1 xe máy, 2 xe khách, 3 xe tải, 4 biển số, trên 4 là vùng bỏ qua",
    ),
    ("Only the pass over the whole picture", "Chỉ lần tìm trên toàn ảnh"),
    (
        "Vehicles lower than this share of the picture's height neither count nor are punished",
        "Xe thấp hơn phần này của chiều cao ảnh thì không tính, cũng không bị trừ",
    ),
    (
        "Folder of passes.jsonl and journeys.jsonl, or of counts.jsonl, which is made by eye",
        "Thư mục có passes.jsonl và journeys.jsonl, hoặc counts.jsonl do người đếm bằng mắt",
    ),
    (
        "Judge what this store holds instead of running the configuration",
        "Chấm những gì kho này đang có thay vì chạy cấu hình",
    ),
    (
        "Write what differs from the truth, with pictures, as one HTML file",
        "Ghi những gì khác sự thật, kèm ảnh, thành một tệp HTML",
    ),
    (
        "Differences that the sheet shows at most, the gravest first",
        "Số điểm khác nhiều nhất mà tờ này nêu, nặng nhất trước",
    ),
    (
        "Tab-separated labels, one plate a line: image, text, and where known layout, kind, width_px, source, light",
        "Nhãn cách nhau bằng tab, mỗi dòng một biển: image, text, và nếu biết thì layout, kind, width_px, source, light",
    ),
    ("The pictures are plates cut out already", "Ảnh là biển số đã cắt sẵn"),
];

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::VIETNAMESE;
    use crate::cli::Arguments;

    fn texts(command: &Command, all: &mut Vec<String>) {
        all.extend(command.get_about().map(ToString::to_string));
        all.extend(command.get_long_about().map(ToString::to_string));
        for argument in command.get_arguments() {
            all.extend(argument.get_help().map(ToString::to_string));
            all.extend(argument.get_long_help().map(ToString::to_string));
        }
        command.get_subcommands().for_each(|c| texts(c, all));
    }

    #[test]
    fn every_help_text_has_a_vietnamese_one_and_none_is_left_over() {
        let mut command = Arguments::command();
        command.build();
        let mut all = Vec::new();
        texts(&command, &mut all);
        let has = |text: &str| VIETNAMESE.iter().any(|pair| pair.0 == text);
        let missing: Vec<&String> = all.iter().filter(|text| !has(text)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        let used = |text: &str| all.iter().any(|t| t == text) || text.starts_with("Print help");
        let left: Vec<_> = VIETNAMESE.iter().filter(|pair| !used(pair.0)).collect();
        assert!(left.is_empty(), "{left:#?}");
    }
}
