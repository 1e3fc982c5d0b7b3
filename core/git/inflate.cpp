// SPDX-License-Identifier: Apache-2.0
#include "core/git/inflate.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sigstore::git {

// Bits come from the low end of each byte (RFC 1951 3.1.1). Beyond the end
// there are zeros, and `spent` becomes true.
struct Inflater::Input {
  const std::uint8_t* next;
  const std::uint8_t* end;
  std::uint64_t bits = 0;
  unsigned count = 0;  // valid bits; at least 56 after fill(), or all there are
  bool spent = false;

  void fill() {
    if (std::endian::native == std::endian::little && end - next >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, next, sizeof word);
      bits |= word << count;
      next += (63U - count) >> 3U;
      count |= 56U;
      return;
    }
    while (count <= 56 && next < end) {
      bits |= std::uint64_t{*next++} << count;
      count += 8;
    }
  }
  void drop(unsigned number) {
    if (number > count) {
      spent = true;
      number = count;
    }
    bits >>= number;
    count -= number;
  }
  // Needs a fill() before; at most 16 bits.
  unsigned take(unsigned number) {
    const auto value =
        static_cast<unsigned>(bits & ((std::uint64_t{1} << number) - 1));
    drop(number);
    return value;
  }
};

namespace {

constexpr unsigned kNoSymbol = 0xFFFF;
constexpr unsigned kEndOfBlock = 256;
constexpr std::size_t kLiteralCodes = 286;
constexpr std::size_t kDistanceCodes = 30;

// RFC 1951 3.2.5, for the symbols from 257.
struct Range {
  std::uint16_t base;
  std::uint8_t extra_bits;
};
constexpr std::array<Range, 29> kLengths{
    {{3, 0},   {4, 0},   {5, 0},   {6, 0},   {7, 0},  {8, 0},
     {9, 0},   {10, 0},  {11, 1},  {13, 1},  {15, 1}, {17, 1},
     {19, 2},  {23, 2},  {27, 2},  {31, 2},  {35, 3}, {43, 3},
     {51, 3},  {59, 3},  {67, 4},  {83, 4},  {99, 4}, {115, 4},
     {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}};
constexpr std::array<Range, 30> kDistances{
    {{1, 0},     {2, 0},     {3, 0},      {4, 0},      {5, 1},
     {7, 1},     {9, 2},     {13, 2},     {17, 3},     {25, 3},
     {33, 4},    {49, 4},    {65, 5},     {97, 5},     {129, 6},
     {193, 6},   {257, 7},   {385, 7},    {513, 8},    {769, 8},
     {1025, 9},  {1537, 9},  {2049, 10},  {3073, 10},  {4097, 11},
     {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}}};

template <class Table, class Input>
unsigned decode(const Table& table, Input& input) {
  const std::uint16_t entry =
      table.entries[input.bits & ((1U << table.bits) - 1)];
  input.drop(entry & 15U);
  return entry == 0 ? kNoSymbol : entry >> 4U;
}

// The low `length` bits of `code`, at most 16, in the other direction.
unsigned reversed(unsigned code, unsigned length) {
  code = ((code & 0x5555U) << 1U) | ((code >> 1U) & 0x5555U);
  code = ((code & 0x3333U) << 2U) | ((code >> 2U) & 0x3333U);
  code = ((code & 0x0F0FU) << 4U) | ((code >> 4U) & 0x0F0FU);
  code = ((code & 0x00FFU) << 8U) | (code >> 8U);
  return code >> (16 - length);
}

// The symbols that have a code. Most have none: eight are skipped at once.
template <class Each>
void for_each_used(std::span<const std::uint8_t> lengths, Each each) {
  std::size_t symbol = 0;
  while (symbol < lengths.size()) {
    std::uint64_t eight = 0;
    if (lengths.size() - symbol >= sizeof eight) {
      std::memcpy(&eight, lengths.data() + symbol, sizeof eight);
      if (eight == 0) {
        symbol += sizeof eight;
        continue;
      }
    }
    const std::size_t end = std::min(symbol + sizeof eight, lengths.size());
    for (; symbol < end; ++symbol)
      if (lengths[symbol] != 0) each(symbol, lengths[symbol]);
  }
}

// Copies within what was written; source and target may overlap.
void copy_back(std::uint8_t* to, std::size_t distance, std::size_t length) {
  const std::uint8_t* from = to - distance;
  for (std::size_t i = 0; i < length; ++i) to[i] = from[i];
}

}  // namespace

// RFC 1951 3.2.2: codes of one length are consecutive, shorter ones first.
bool Inflater::Table::build(std::span<const std::uint8_t> lengths) {
  std::array<unsigned, 16> count{};
  for_each_used(lengths,
                [&](std::size_t, unsigned length) { ++count[length]; });
  bits = 0;
  std::array<unsigned, 16> next_code{};
  unsigned code = 0;
  for (unsigned length = 1; length < count.size(); ++length) {
    code = (code + count[length - 1]) << 1U;
    next_code[length] = code;
    if (count[length] == 0) continue;
    // More codes than there are bit patterns.
    if (code + count[length] > 1U << length) return false;
    bits = length;
  }
  if (bits > kMaxBits) return false;
  const std::size_t size = std::size_t{1} << bits;
  std::fill_n(entries.begin(), size, std::uint16_t{0});
  for_each_used(lengths, [&](std::size_t symbol, unsigned length) {
    const auto entry = static_cast<std::uint16_t>(symbol << 4U | length);
    for (std::size_t i = reversed(next_code[length]++, length); i < size;
         i += std::size_t{1} << length)
      entries[i] = entry;
  });
  return true;
}

// RFC 1951 3.2.7: lengths 0 to 15; 16 repeats the last one, 17 and 18 zeros.
bool Inflater::read_lengths(Input& input, std::span<std::uint8_t> lengths) {
  std::size_t done = 0;
  while (done < lengths.size()) {
    if (input.count < 16) input.fill();
    const unsigned symbol = decode(code_lengths_, input);
    if (symbol == kNoSymbol || input.spent) return false;
    if (symbol < 16) {
      lengths[done++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && done == 0) return false;
    const std::uint8_t value = symbol == 16 ? lengths[done - 1] : 0;
    const std::size_t repeat = symbol == 16   ? 3 + input.take(2)
                               : symbol == 17 ? 3 + input.take(3)
                                              : 11 + input.take(7);
    if (repeat > lengths.size() - done) return false;
    std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(done), repeat,
                value);
    done += repeat;
  }
  return true;
}

bool Inflater::read_codes(Input& input) {
  constexpr std::array<std::uint8_t, 19> kOrder{
      16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  input.fill();
  const std::size_t literals = 257 + input.take(5);
  const std::size_t distances = 1 + input.take(5);
  const std::size_t codes = 4 + input.take(4);
  if (literals > kLiteralCodes || distances > kDistanceCodes) return false;
  std::array<std::uint8_t, 19> code_lengths{};
  for (std::size_t i = 0; i < codes; ++i) {
    if (i % 16 == 0) input.fill();
    code_lengths[kOrder[i]] = static_cast<std::uint8_t>(input.take(3));
  }
  if (!code_lengths_.build(code_lengths)) return false;
  std::array<std::uint8_t, kLiteralCodes + kDistanceCodes> lengths{};
  const std::span<std::uint8_t> all(lengths.data(), literals + distances);
  return read_lengths(input, all) && literals_.build(all.first(literals)) &&
         distances_.build(all.subspan(literals));
}

// RFC 1951 3.2.6.
bool Inflater::fixed_codes() {
  std::array<std::uint8_t, 288> lengths{};
  const auto at = [&](std::size_t i) {
    return lengths.begin() + static_cast<std::ptrdiff_t>(i);
  };
  std::fill(at(0), at(144), std::uint8_t{8});
  std::fill(at(144), at(256), std::uint8_t{9});
  std::fill(at(256), at(280), std::uint8_t{7});
  std::fill(at(280), at(288), std::uint8_t{8});
  std::array<std::uint8_t, kDistanceCodes> distances{};
  distances.fill(5);
  return literals_.build(lengths) && distances_.build(distances);
}

// RFC 1951 3.2.4: from the next byte, length and its complement, then bytes.
bool Inflater::stored(Input& input, std::span<std::uint8_t> out,
                      std::size_t& written) {
  input.drop(input.count % 8);
  input.fill();
  const std::size_t length = input.take(16);
  if ((input.take(16) ^ length) != 0xFFFFU || input.spent) return false;
  // Give back what was read ahead.
  input.next -= input.count / 8;
  input.bits = 0;
  input.count = 0;
  if (length > static_cast<std::size_t>(input.end - input.next) ||
      length > out.size() - written)
    return false;
  std::copy_n(input.next, length, out.data() + written);
  input.next += length;
  written += length;
  return true;
}

bool Inflater::block(Input& input, std::span<std::uint8_t> out,
                     std::size_t& written) {
  while (true) {
    // A length and a distance with their extra bits.
    constexpr unsigned kLongest = 2 * kMaxBits + 5 + 13;
    if (input.count < kLongest) input.fill();
    const unsigned symbol = decode(literals_, input);
    if (symbol == kEndOfBlock) return !input.spent;
    if (symbol < kEndOfBlock) {
      if (written == out.size() || input.spent) return false;
      out[written++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol > kEndOfBlock + kLengths.size()) return false;
    const Range& by_length = kLengths[symbol - kEndOfBlock - 1];
    const std::size_t length =
        by_length.base + input.take(by_length.extra_bits);
    const unsigned distance_symbol = decode(distances_, input);
    if (distance_symbol >= kDistances.size()) return false;
    const Range& by_distance = kDistances[distance_symbol];
    const std::size_t distance =
        by_distance.base + input.take(by_distance.extra_bits);
    if (input.spent || distance > written || length > out.size() - written)
      return false;
    copy_back(out.data() + written, distance, length);
    written += length;
  }
}

bool Inflater::inflate(ByteView zlib, std::span<std::uint8_t> out) {
  // RFC 1950 2.2: method 8, no preset dictionary, a multiple of 31.
  if (zlib.size() < 2 || (zlib[0] & 15U) != 8 || (zlib[1] & 32U) != 0 ||
      (zlib[0] * 256U + zlib[1]) % 31 != 0)
    return false;
  Input input{zlib.data() + 2, zlib.data() + zlib.size()};
  std::size_t written = 0;
  for (bool last = false; !last;) {
    input.fill();
    last = input.take(1) == 1;
    const unsigned type = input.take(2);
    bool done = false;
    if (type == 0) done = stored(input, out, written);
    if (type == 1) done = fixed_codes() && block(input, out, written);
    if (type == 2) done = read_codes(input) && block(input, out, written);
    if (!done || input.spent) return false;
  }
  return written == out.size();
}

}  // namespace sigstore::git
