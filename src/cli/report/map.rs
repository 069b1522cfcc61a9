//! A map of our own: gates where the settings say, provinces at about their seats, on degrees as they are.

use std::collections::BTreeMap;

use super::super::output::Places;
use super::super::stats::Count;
use super::{add, escaped};

/// Today's provinces with about where their seats are: degrees north, degrees east. Good to a tenth of a degree, which is
/// a third of a millimetre on a screen; no borders are drawn.
const SEATS: [(&str, f64, f64); 34] = [
    ("An Giang", 10.0, 105.1),
    ("Bắc Ninh", 21.3, 106.2),
    ("Cao Bằng", 22.7, 106.3),
    ("Cà Mau", 9.2, 105.2),
    ("Cần Thơ", 10.0, 105.8),
    ("Gia Lai", 13.8, 109.2),
    ("Huế", 16.5, 107.6),
    ("Hà Nội", 21.0, 105.9),
    ("Hà Tĩnh", 18.3, 105.9),
    ("Hưng Yên", 20.7, 106.1),
    ("Hải Phòng", 20.9, 106.7),
    ("Khánh Hòa", 12.2, 109.2),
    ("Lai Châu", 22.4, 103.5),
    ("Lào Cai", 21.7, 104.9),
    ("Lâm Đồng", 11.9, 108.4),
    ("Lạng Sơn", 21.9, 106.8),
    ("Nghệ An", 18.7, 105.7),
    ("Ninh Bình", 20.3, 106.0),
    ("Phú Thọ", 21.3, 105.4),
    ("Quảng Ngãi", 15.1, 108.8),
    ("Quảng Ninh", 21.0, 107.1),
    ("Quảng Trị", 17.5, 106.6),
    ("Sơn La", 21.3, 103.9),
    ("TP. Hồ Chí Minh", 10.8, 106.7),
    ("Thanh Hóa", 19.8, 105.8),
    ("Thái Nguyên", 21.6, 105.8),
    ("Tuyên Quang", 21.8, 105.2),
    ("Tây Ninh", 10.5, 106.4),
    ("Vĩnh Long", 10.3, 106.0),
    ("Điện Biên", 21.4, 103.0),
    ("Đà Nẵng", 16.1, 108.2),
    ("Đắk Lắk", 12.7, 108.1),
    ("Đồng Nai", 11.0, 106.8),
    ("Đồng Tháp", 10.4, 106.4),
];

/// The country left, the gates enlarged right.
pub fn svg(gates: &[Count], origins: &[Count], places: &Places) -> String {
    let mut svg = String::from("<svg viewBox=\"0 0 800 620\" role=\"img\">\n");
    let origins: BTreeMap<&str, &Count> =
        origins.iter().filter_map(|c| Some((c.value.as_deref()?, c))).collect();
    // 103-110 east on 300 columns; a degree north is longer than one east by 1 / cos 16°.
    let at = |lat: f64, lon: f64| (20.0 + (lon - 102.5) * 40.0, 600.0 - (lat - 8.6) * 41.6);
    for (name, lat, lon) in SEATS {
        let (x, y) = at(lat, lon);
        let count = origins.get(name);
        let share = count.map_or(0.0, |c| c.passages as f64 / c.most.max(1) as f64);
        let radius = 2.0 + 14.0 * share.sqrt();
        add(
            &mut svg,
            format_args!(
                "<g><title>{}: {}</title><circle class=\"{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" opacity=\"0.75\"/></g>\n",
                escaped(name),
                count.map_or(0, |c| c.passages),
                if share > 0.0 { "bar" } else { "line" }
            ),
        );
        if share > 0.02 {
            add(
                &mut svg,
                format_args!(
                    "<text x=\"{:.1}\" y=\"{:.1}\" style=\"font-size:10px\">{}</text>\n",
                    x + radius + 2.0,
                    y + 4.0,
                    escaped(name)
                ),
            );
        }
    }
    let placed: Vec<(&str, &Count, [f64; 2])> = gates
        .iter()
        .filter_map(|c| {
            let name = c.value.as_deref()?;
            Some((name, c, places.gate(name)?))
        })
        .collect();
    let span = |i: usize| {
        let all = placed.iter().map(|p| p.2[i]);
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((west, east), (south, north)) = (span(0), span(1));
    // At least a tenth of a degree, so that one gate is not infinitely enlarged.
    let degrees = (east - west).max(north - south).max(0.1);
    for (name, count, [lon, lat]) in &placed {
        let x = 420.0 + (lon - (west + east) / 2.0 + degrees / 2.0) / degrees * 240.0;
        let y = 60.0 + ((south + north) / 2.0 + degrees / 2.0 - lat) / degrees * 480.0;
        let side = 6.0 + 18.0 * (count.passages as f64 / count.most.max(1) as f64).sqrt();
        add(
            &mut svg,
            format_args!(
                "<rect class=\"half\" x=\"{:.1}\" y=\"{:.1}\" width=\"{side:.1}\" height=\"{side:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{}: {}</text>\n",
                x - side / 2.0,
                y - side / 2.0,
                x + side / 2.0 + 4.0,
                y + 4.0,
                escaped(name),
                count.passages
            ),
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::province;

    #[test]
    fn every_province_of_today_has_its_place() {
        for (code, names) in province::all() {
            assert!(SEATS.iter().any(|s| s.0 == names.now), "{code} {}", names.now);
        }
        assert!(SEATS.iter().all(|s| (8.0..24.0).contains(&s.1) && (102.0..110.0).contains(&s.2)));
    }
}
