import { expect, test } from "vitest";
import { networkOf, parseAddress } from "./network-address.ts";

const network = (entry: string) => {
  const address = parseAddress(entry);
  return address === null ? null : networkOf(address);
};

test.each([
  "203.0.113.5",
  " 203.0.113.5 ",
  "203.0.113.5:1000",
  "203.0.113.5:65535",
  '"203.0.113.5"',
  '"203.0.113.5:47011"',
  "::ffff:203.0.113.5",
  "::FFFF:203.0.113.5",
  "::ffff:cb00:7105",
  "0:0:0:0:0:ffff:cb00:7105",
  "[::ffff:203.0.113.5]:443",
  "::ffff:203.0.113.5%eth0",
  "64:ff9b::203.0.113.5",
  "64:ff9b::cb00:7105",
])("%s is counted as one IPv4 address", (entry) => {
  expect(network(entry)).toBe("203.0.113.5");
});

test.each([
  "2001:db8:1:2::1",
  "2001:db8:1:2:ffff:ffff:ffff:ffff",
  "2001:DB8:1:2::1",
  "2001:0db8:0001:0002:0000:0000:0000:0001",
  "[2001:db8:1:2::1]",
  "[2001:db8:1:2::1]:443",
  '"[2001:db8:1:2::1]:443"',
  "2001:db8:1:2::203.0.113.5",
  "2001:db8:1:2::1%eth0",
  "[2001:db8:1:2::1%25eth0]:80",
  "2001:db8:1:2:3:4:5::",
])("%s is counted as its /64", (entry) => {
  expect(network(entry)).toBe("2001:db8:1:2::/64");
});

test.each([
  ["::1", "0:0:0:0::/64"],
  ["1::", "1:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["2001:db8:0:5::1", "2001:db8:0:5::/64"],
])("%s belongs to %s", (entry, expected) => {
  expect(network(entry)).toBe(expected);
});

test.each([
  "",
  "-",
  "unknown",
  "_hidden",
  "203.0.113",
  "203.0.113.256",
  "203.0.113.005",
  "0x7f.1",
  "2130706433",
  "203.0.113.5:",
  "203.0.113.5:123456",
  "203.0.113.5:port",
  "203.0.113.5%eth0",
  "[203.0.113.5]:80",
  "[2001:db8::1",
  "2001:db8::1]",
  "[]:80",
  "2001:db8::g",
  "1:2:3:4:5:6:7:8:9",
  "::1::2",
  "2001:db8::1%",
  "for=203.0.113.5",
  "203.0.113.5 6.6.6.6",
  "２０３.0.113.5",
  `fe80::1%${"a".repeat(200)}`,
  "constructor",
])("%j is no address", (entry) => {
  expect(parseAddress(entry)).toBeNull();
});
