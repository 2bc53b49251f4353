/**
 * Zone texts as they stand in logs (`CET`, `+0200`, `UTC+02:00`) and their offsets. Knows no daylight saving:
 * an abbreviation is one fixed offset, so `CET` is one hour in summer too.
 * @module
 */
import type { Seconds } from "../base/units.ts";

/** Hours east of UTC and the abbreviations that mean them (A§2.10). Wide: a table. */
const OFFSETS: readonly (readonly [hours: number, abbreviations: string])[] = [
  [-12, "Y"],
  [-11, "X NUT SST"],
  [-10, "W CKT HAST HST TAHT TKT"],
  [-9.5, "MART MIT"],
  [-9, "V AKST GAMT GIT HADT HNY"],
  [-8, "U AKDT CIST HAY HNP PST PT"],
  [-7, "T HAP HNR MST PDT"],
  [-6, "S CST EAST GALT HAR HNC MDT"],
  [-5, "R CDT COT EASST ECT EST ET HAC HNE PET"],
  [-4.5, "HLV VET"],
  [-4, "Q AST BOT CLT COST EDT FKT GYT HAE HNA PYT"],
  [-3.5, "HNT NST NT"],
  [-3, "P ADT ART BRT CLST FKST GFT HAA PMST PYST SRT UYT WGT"],
  [-2.5, "HAT NDT"],
  [-2, "O BRST FNT PMDT UYST WGST"],
  [-1, "N AZOT CVT EGT"],
  [0, "Z EGST GMT UTC WET WT"],
  [1, "A CET DFT WAT WEDT WEST"],
  [2, "B CAT CEDT CEST EET SAST WAST"],
  [3, "C EAT EEDT EEST IDT MSK"],
  [3.5, "IRST"],
  [4, "D AMT AZT GET GST KUYT MSD MUT RET SAMT SCT"],
  [4.5, "AFT IRDT"],
  [5, "E AMST AQTT AZST HMT MAWT MVT PKT TFT TJT TMT UZT YEKT"],
  [5.5, "SLT"],
  [5.75, "NPT"],
  [6, "F ALMT BIOT BTT IOT KGT NOVT OMST YEKST"],
  [6.5, "CCT MMT"],
  [7, "G CXT DAVT HOVT ICT KRAT NOVST OMSST THA WIB"],
  [8, "H ACT AWST BDT BNT CAST HKT IRKT KRAST MYT PHT SGT ULAT WITA WST"],
  [9, "I AWDT IRKST JST KST PWT TLT WDT WIT YAKT"],
  [9.5, "ACST"],
  [10, "K AEST PGT VLAT YAKST YAPT"],
  [10.5, "ACDT LHST"],
  [11, "L AEDT LHDT MAGT NCT PONT SBT VLAST VUT"],
  [11.5, "NFT"],
  [12, "M ANAST ANAT FJT GILT MAGST MHT NZST PETST PETT TVT WFT"],
  [13, "FJST NZDT"],
];

const SECONDS_OF_ABBREVIATION: ReadonlyMap<string, Seconds> = new Map(
  OFFSETS.flatMap(([hours, names]) =>
    names.split(" ").map((name): [string, Seconds] => [name, hours * 3600]),
  ),
);

const ZONE = /^([A-Z](?:[A-Z]{2,4})?)?(?:([+-])([01]\d)(?::?(\d{2}))?)?$/;

/**
 * The offset of a zone text, seconds east of UTC: an abbreviation, an offset, or an offset from an abbreviation
 * (`EST+0100` is four hours west). Case counts; the empty text is UTC.
 *
 * @returns `undefined` for names of places, unknown abbreviations and other texts (A§2.10, A§7.3)
 */
export function parseZone(text: string): Seconds | undefined {
  const match = ZONE.exec(text);
  if (match === null) return undefined;
  const [, name, sign, hours = "0", minutes = "0"] = match;
  const base = name === undefined ? 0 : SECONDS_OF_ABBREVIATION.get(name);
  if (base === undefined) return undefined;
  const offset = Number(hours) * 3600 + Number(minutes) * 60;
  return base + (sign === "-" ? -offset : offset);
}
