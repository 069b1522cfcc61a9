//! What people type for times, plates and lengths, and what it means.

use super::*;

fn read(text: &str) -> String {
    let now: Timestamp = "2026-03-14T10:00:00+07:00".parse().expect("a time");
    match moment("from", text, now) {
        Ok(at) => crate::domain::time::rfc3339_local(at).replace(".000+07:00", ""),
        Err(_) => "refused".to_owned(),
    }
}

#[test]
fn times_as_people_type_them() {
    let cases = [
        ("14/03/2026", "2026-03-14T00:00:00"),
        ("1/3/2026 7:05", "2026-03-01T07:05:00"),
        ("14/03/2026 09:30:15", "2026-03-14T09:30:15"),
        ("09:30", "2026-03-14T09:30:00"),
        ("7h30", "2026-03-14T07:30:00"),
        ("7h", "2026-03-14T07:00:00"),
        ("hôm nay", "2026-03-14T00:00:00"),
        ("Hôm qua 7h30", "2026-03-13T07:30:00"),
        ("hom qua", "2026-03-13T00:00:00"),
        ("2 giờ qua", "2026-03-14T08:00:00"),
        ("30 phút trước", "2026-03-14T09:30:00"),
        ("2026-03-14T09:30:00+07:00", "2026-03-14T09:30:00"),
        ("2026-03-14T09:30", "2026-03-14T09:30:00"),
        ("2026-03-14 09:30:00", "2026-03-14T09:30:00"),
        ("2026-03-14", "2026-03-14T00:00:00"),
        ("2026-03-14T02:30:00Z", "2026-03-14T09:30:00"),
        ("31/02/2026", "refused"),
        ("25:00", "refused"),
        ("yesterday", "2026-03-13T00:00:00"),
        ("today 9:05", "2026-03-14T09:05:00"),
        ("hôm kia", "2026-03-12T00:00:00"),
        ("HÔM NAY 7h30", "2026-03-14T07:30:00"),
        ("7h30 hôm qua", "2026-03-13T07:30:00"),
        ("7h30 ngày 12/03/2026", "2026-03-12T07:30:00"),
        ("ngày 12/03/2026 lúc 7h30", "2026-03-12T07:30:00"),
        ("12/03/2026 7 giờ 30 phút", "2026-03-12T07:30:00"),
        ("7 giờ", "2026-03-14T07:00:00"),
        ("7 giờ 30", "2026-03-14T07:30:00"),
        ("7g30", "2026-03-14T07:30:00"),
        ("12-03-2026 23:59:59", "2026-03-12T23:59:59"),
        ("12.03.2026", "2026-03-12T00:00:00"),
        ("12/03/26", "2026-03-12T00:00:00"),
        ("12/3", "2026-03-12T00:00:00"),
        ("2 tiếng trước", "2026-03-14T08:00:00"),
        ("2h qua", "2026-03-14T08:00:00"),
        ("3 ngày qua", "2026-03-11T10:00:00"),
        ("1 tuần trước", "2026-03-07T10:00:00"),
        ("90 phút qua", "2026-03-14T08:30:00"),
        ("30 minutes ago", "2026-03-14T09:30:00"),
        ("bây giờ", "2026-03-14T10:00:00"),
        ("2026-03-14T02:30:00.000Z", "2026-03-14T09:30:00"),
        ("2026-03-14T04:30:00+02:00", "2026-03-14T09:30:00"),
        ("gestern", "refused"),
        ("7h30 8h30", "refused"),
        ("12/03/2026 13/03/2026", "refused"),
        ("12/13/2026", "refused"),
        ("30", "refused"),
        ("lúc", "refused"),
        ("7h61", "refused"),
        ("", "refused"),
    ];
    for (typed, expected) in cases {
        assert_eq!(read(typed), expected, "{typed}");
    }
}

/// With the times above, more than sixty ways in which people type what they ask for.
#[test]
fn plates_as_people_type_them() {
    let cases = [
        ("30A-123.45", "car:30A12345"),
        ("30A12345", "car:30A12345"),
        ("30a 12345", "car:30A12345"),
        ("30a-12345", "car:30A12345"),
        ("30A 123.45", "car:30A12345"),
        (" 30 A 123 45 ", "car:30A12345"),
        ("30A–12345", "car:30A12345"),
        ("30A.12345", "car:30A12345"),
        ("30A/12345", "car:30A12345"),
        ("30A_12345", "car:30A12345"),
        ("30A-1234", "car:30A1234"),
        ("30-A1 2345", "motorcycle:30A12345"),
        ("29-B1 123.45", "motorcycle:29B112345"),
        ("29B1-12345", "motorcycle:29B112345"),
        ("29b1 12345", "motorcycle:29B112345"),
        ("29-AA 123.45", "motorcycle:29AA12345"),
        ("29-MĐ1 123.45", "motorcycle:29MĐ112345"),
        ("29-mđ1 12345", "motorcycle:29MĐ112345"),
        ("29-MD1 123.45", "motorcycle:29MĐ112345"),
        ("51R-023.45", "trailer:51R02345"),
        ("car:30A12345", "car:30A12345"),
        ("motorcycle:30A12345", "motorcycle:30A12345"),
        ("80A-123.45", "car:80A12345"),
    ];
    for (typed, meant) in cases {
        let keys = super::super::ask::keys_of(typed).unwrap_or_default();
        assert_eq!(keys.first().map(ToString::to_string).as_deref(), Some(meant), "{typed}");
    }
    for wrong in ["", "---", "30A*45", "30A1234567890", "biển số", "boat:30A12345"] {
        assert!(super::super::ask::keys_of(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn lengths() {
    assert_eq!(length("longer-than", "12h").ok(), Some(SignedDuration::from_hours(12)));
    assert_eq!(length("longer-than", "3 ngày").ok(), Some(SignedDuration::from_hours(72)));
    assert!(length("longer-than", "12").is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_gives_a_time_or_a_refusal(text in ".{0,24}") {
        let _ = read(&text);
        let _ = length("longer-than", &text);
    }
}

fn read_end(text: &str) -> String {
    let now: Timestamp = "2026-03-14T10:00:00+07:00".parse().expect("a time");
    end("to", text, now).map_or_else(|_| "refused".to_owned(), crate::domain::time::table_local)
}

/// 14/03/2026 is a Saturday.
#[test]
fn days_and_parts_of_days_are_stretches() {
    let cases = [
        ("14/03/2026", "14/03/2026 00:00:00", "15/03/2026 00:00:00"),
        ("2026-03-14", "14/03/2026 00:00:00", "15/03/2026 00:00:00"),
        ("31/12/2026", "31/12/2026 00:00:00", "01/01/2027 00:00:00"),
        ("hôm nay", "14/03/2026 00:00:00", "15/03/2026 00:00:00"),
        ("ngày mai", "15/03/2026 00:00:00", "16/03/2026 00:00:00"),
        ("sáng nay", "14/03/2026 05:00:00", "14/03/2026 11:00:00"),
        ("this morning", "14/03/2026 05:00:00", "14/03/2026 11:00:00"),
        ("buổi chiều", "14/03/2026 13:00:00", "14/03/2026 18:00:00"),
        ("chiều qua", "13/03/2026 13:00:00", "13/03/2026 18:00:00"),
        ("chiều hôm qua", "13/03/2026 13:00:00", "13/03/2026 18:00:00"),
        ("yesterday afternoon", "13/03/2026 13:00:00", "13/03/2026 18:00:00"),
        ("tối qua", "13/03/2026 18:00:00", "14/03/2026 00:00:00"),
        ("đêm qua", "13/03/2026 22:00:00", "14/03/2026 05:00:00"),
        ("last night", "13/03/2026 22:00:00", "14/03/2026 05:00:00"),
        ("trưa hôm kia", "12/03/2026 11:00:00", "12/03/2026 13:00:00"),
        ("rạng sáng nay", "14/03/2026 00:00:00", "14/03/2026 06:00:00"),
        ("chiều 12/3", "12/03/2026 13:00:00", "12/03/2026 18:00:00"),
        ("thứ hai", "09/03/2026 00:00:00", "10/03/2026 00:00:00"),
        ("thứ bảy", "14/03/2026 00:00:00", "15/03/2026 00:00:00"),
        ("chủ nhật", "08/03/2026 00:00:00", "09/03/2026 00:00:00"),
        ("sáng thứ 2 tuần trước", "02/03/2026 05:00:00", "02/03/2026 11:00:00"),
        ("thứ bảy 14/03/2026", "14/03/2026 00:00:00", "15/03/2026 00:00:00"),
        ("tuần này", "09/03/2026 00:00:00", "16/03/2026 00:00:00"),
        ("tuần trước", "02/03/2026 00:00:00", "09/03/2026 00:00:00"),
        ("tháng này", "01/03/2026 00:00:00", "01/04/2026 00:00:00"),
        ("tháng trước", "01/02/2026 00:00:00", "01/03/2026 00:00:00"),
        ("tháng 12 năm 2025", "01/12/2025 00:00:00", "01/01/2026 00:00:00"),
        ("tháng 2", "01/02/2026 00:00:00", "01/03/2026 00:00:00"),
        ("02/2026", "01/02/2026 00:00:00", "01/03/2026 00:00:00"),
        ("ngày 12 tháng 3 năm 2026", "12/03/2026 00:00:00", "13/03/2026 00:00:00"),
        ("12 tháng 3", "12/03/2026 00:00:00", "13/03/2026 00:00:00"),
    ];
    for (typed, from, to) in cases {
        let begin = read(typed).replace('T', " ");
        let from = format!("{}-{}-{}{}", &from[6..10], &from[3..5], &from[..2], &from[10..]);
        assert_eq!((begin, read_end(typed)), (from, to.to_owned()), "{typed}");
    }
}

#[test]
fn moments_end_when_they_begin() {
    let cases = [
        ("3 giờ chiều", "14/03/2026 15:00:00"),
        ("3 giờ chiều qua", "13/03/2026 15:00:00"),
        ("ba giờ chiều hôm qua", "13/03/2026 15:00:00"),
        ("8h tối", "14/03/2026 20:00:00"),
        ("8 rưỡi tối", "refused"),
        ("8 giờ rưỡi tối qua", "13/03/2026 20:30:00"),
        ("tối qua lúc 8h15", "13/03/2026 20:15:00"),
        ("12 giờ trưa", "14/03/2026 12:00:00"),
        ("1 giờ trưa nay", "14/03/2026 13:00:00"),
        ("mười một giờ đêm", "14/03/2026 23:00:00"),
        ("12h đêm", "15/03/2026 00:00:00"),
        ("12 giờ đêm qua", "14/03/2026 00:00:00"),
        ("2 giờ đêm qua", "14/03/2026 02:00:00"),
        ("2 giờ sáng", "14/03/2026 02:00:00"),
        ("7 giờ kém 15", "14/03/2026 06:45:00"),
        ("7 giờ kém 15 phút sáng mai", "15/03/2026 06:45:00"),
        ("24:00", "15/03/2026 00:00:00"),
        ("24h", "15/03/2026 00:00:00"),
        ("24:00 13/03/2026", "14/03/2026 00:00:00"),
        ("0h", "14/03/2026 00:00:00"),
        ("3pm", "14/03/2026 15:00:00"),
        ("3:30 pm yesterday", "13/03/2026 15:30:00"),
        ("12 am", "14/03/2026 00:00:00"),
        ("15h chiều", "14/03/2026 15:00:00"),
        ("7h30p", "14/03/2026 07:30:00"),
        ("7h30 phút", "14/03/2026 07:30:00"),
        ("7 giờ 30 phút, ngày 12 tháng 3", "12/03/2026 07:30:00"),
        ("2026-03-12 7h30", "12/03/2026 07:30:00"),
        ("2026-12-31T00:00:00+07:00", "31/12/2026 00:00:00"),
        ("31/12/2026 7h30", "31/12/2026 07:30:00"),
        ("nửa tiếng trước", "14/03/2026 09:30:00"),
        ("hai tiếng rưỡi trước", "14/03/2026 07:30:00"),
        ("trong 2 giờ qua", "14/03/2026 08:00:00"),
        ("cách đây 2 ngày", "12/03/2026 10:00:00"),
        ("2 giờ vừa qua", "14/03/2026 08:00:00"),
        ("lúc này", "14/03/2026 10:00:00"),
        // What nobody says, or says of two times.
        ("24:30", "refused"),
        ("12 giờ sáng", "refused"),
        ("9 giờ chiều", "refused"),
        ("2 giờ đêm 12/03/2026", "refused"),
        ("sáng chiều", "refused"),
        ("tuần trước 7h30", "refused"),
        ("thứ hai 14/03/2026", "refused"),
        ("hôm nay hôm qua", "refused"),
        ("tháng 13", "refused"),
        ("7 giờ kém 75", "refused"),
        ("am", "refused"),
    ];
    for (typed, at) in cases {
        assert_eq!(read_end(typed), at, "{typed}");
        let now = "2026-03-14T10:00:00+07:00".parse().expect("a time");
        assert_eq!(moment("from", typed, now).ok(), end("to", typed, now).ok(), "{typed}");
    }
}

#[test]
fn what_is_not_understood_is_answered_with_examples() {
    let now: Timestamp = "2026-03-14T10:00:00+07:00".parse().expect("a time");
    let Err(CliError::Usage(why)) = moment("from", "gestern", now) else { panic!("it is no time") };
    for named in ["--from", "`gestern`", "14/03/2026 09:30", "3 giờ chiều", "ISO 8601"] {
        assert!(why.contains(named), "{why}");
    }
    assert!(moment("from", "lúc này", now).is_ok() && moment("from", "luc nay", now).is_ok());
    assert!(moment("from", "lúc nãy", now).is_err(), "a while ago is not now");
}
