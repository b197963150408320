/** How a large mail host reads addresses, so far as it differs from `name+tag@host`, which nearly all understand. */
type MailHost = {
  domains: RegExp;
  /** The one domain that stands for all of them, where they share their mailboxes. */
  oneOf?: string;
  /** What begins a tag beside a plus. */
  tag?: string;
  /** Characters that are read over. */
  ignored?: RegExp;
};

const YANDEX = "ru|com|by|kz|ua|uz|az|fr|lt|lv|md|tj|tm|ee|kg|co\\.il|com\\.(?:am|ge|tr)";

/** Outlook, Hotmail, Live, MSN, Zoho, Mail.ru and AOL need no line: plus tags only, and every domain for itself. */
const hosts: readonly MailHost[] = [
  { domains: /^(?:gmail|googlemail)\.com$/, oneOf: "gmail.com", ignored: /\./g },
  {
    domains: /^(?:proton\.me|pm\.me|protonmail\.(?:com|ch))$/,
    oneOf: "proton.me",
    ignored: /[._-]/g,
  },
  { domains: /^(?:icloud|me|mac)\.com$/, oneOf: "icloud.com" },
  // A dot and a hyphen are the same to it; neither can begin or end a name, so that leaving both out joins nobody real.
  {
    domains: new RegExp(`^(?:yandex\\.(?:${YANDEX})|ya\\.ru|narod\\.ru)$`),
    oneOf: "yandex.ru",
    ignored: /[.-]/g,
  },
  // Its names have no hyphens: what stands behind one is the keyword of a disposable address.
  {
    domains: /^(?:yahoo\.(?:[a-z]{2,3}|com?\.[a-z]{2})|(?:ymail|rocketmail|myyahoo)\.com)$/,
    tag: "-",
  },
];

/** Fastmail delivers `anything@name.fastmail.com` to `name@fastmail.com`, at each of its domains. */
const nameAsSubdomain =
  /^([^.]+)\.((?:fastmail\.(?:com|fm|net|org|to|us|im|in|jp|mx|nl|se|tw|uk|cn|de|es|co\.uk|com\.au))|sent\.com|eml\.cc|mailcan\.com|myfastmail\.com|123mail\.org|airpost\.net|warpmail\.net)$/;

/**
 * The one form of the addresses that reach the same mailbox, to tell whether somebody has been here before: in lower
 * case, without tags, and as the large mail hosts read it. Only for comparing, never for writing to anybody.
 */
export function canonicalAddress(email: string): string {
  const address = email.trim().toLowerCase();
  const at = address.lastIndexOf("@");
  const [name, domain] = [address.slice(0, at), address.slice(at + 1)];
  const subdomain = nameAsSubdomain.exec(domain);
  if (subdomain) return `${subdomain[1]}@${subdomain[2]}`;

  const host = hosts.find(({ domains }) => domains.test(domain));
  const { tag, ignored, oneOf = domain } = host ?? {};
  const untagged = withoutTag(tag === undefined ? name : withoutTag(name, tag), "+");
  const mailbox = ignored === undefined ? untagged : untagged.replaceAll(ignored, "");
  return `${mailbox || name}@${oneOf}`;
}

/** What begins with a tag is no name with a tag: else all of those would be one person. */
function withoutTag(name: string, tag: string): string {
  const start = name.indexOf(tag, 1);
  return start === -1 ? name : name.slice(0, start);
}
