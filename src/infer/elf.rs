//! Whether a file can be a shared library of this machine. The loader itself is no judge: it maps a file that was cut
//! short and the process dies at the first touch of a missing page.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// `e_machine` of this machine's programs.
const MACHINE: (u16, &str) = if cfg!(target_arch = "aarch64") { (0xB7, "aarch64") } else { (0x3E, "x86_64") };

/// Why the file is no whole 64-bit little-endian shared library of this machine; `Ok(None)` where it is one.
pub(super) fn fault(path: &Path) -> std::io::Result<Option<String>> {
    let mut file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Ok(Some("is not a file".to_owned()));
    }
    let mut head = [0u8; 64];
    let short = || Ok(Some(format!("has only {} bytes", about.len())));
    if about.len() < 64 {
        return short();
    }
    file.read_exact(&mut head)?;
    if !head.starts_with(b"\x7fELF") {
        return Ok(Some("is not a shared library (no ELF head)".to_owned()));
    }
    let u16_at = |bytes: &[u8], at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let u64_at = |bytes: &[u8], at: usize| {
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(eight)
    };
    let (class, order, kind, machine) = (head[4], head[5], u16_at(&head, 16), u16_at(&head, 18));
    if (class, order) != (2, 1) || machine != MACHINE.0 {
        return Ok(Some(format!("is made for another machine, not for {}", MACHINE.1)));
    }
    if kind != 3 {
        return Ok(Some("is an ELF file but not a shared library".to_owned()));
    }
    // Every piece that the program headers name, and the section table at the end, must be there.
    let (programs_at, sections_at) = (u64_at(&head, 32), u64_at(&head, 40));
    let (entry, count) = (u16_at(&head, 54), u16_at(&head, 56));
    let sections_end =
        sections_at.saturating_add(u64::from(u16_at(&head, 58)).saturating_mul(u64::from(u16_at(&head, 60))));
    let mut end = sections_end.max(programs_at.saturating_add(u64::from(entry) * u64::from(count)));
    if entry >= 56 && end <= about.len() {
        file.seek(SeekFrom::Start(programs_at))?;
        let mut program = vec![0u8; usize::from(entry)];
        for _ in 0..count {
            file.read_exact(&mut program)?;
            end = end.max(u64_at(&program, 8).saturating_add(u64_at(&program, 32)));
        }
    }
    if end > about.len() {
        return Ok(Some(format!("is cut short: {} bytes of {end}", about.len())));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_program_cut_short_is_told_and_other_files_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lib.so");
        let fault_of = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("written");
            fault(&path).expect("read")
        };
        // A test program is position-independent: to ELF the same kind as a shared library.
        let own = std::fs::read(std::env::current_exe().expect("its path")).expect("its bytes");
        assert_eq!(fault_of(&own), None);
        for length in [own.len() - 1, own.len() / 2, 4096] {
            let text = fault_of(&own[..length]).expect("cut short");
            assert!(text.contains("is cut short"), "{length}: {text}");
        }
        assert!(fault_of(b"").expect("empty").contains("only 0 bytes"));
        assert!(fault_of(&[b'x'; 200]).expect("text").contains("no ELF head"));
        let mut other = own[..4096].to_vec();
        other[18] ^= 0xFF;
        assert!(fault_of(&other).expect("another machine").contains("another machine"));
        assert!(fault(folder.path()).expect("a folder").expect("no file").contains("is not a file"));
    }
}
