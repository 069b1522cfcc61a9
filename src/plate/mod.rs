//! Reading plates: CTC decoding, grammar, the province table, voting over looks. Pure.
