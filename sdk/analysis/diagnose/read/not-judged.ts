// What was given and says nothing to the rules: that is reported, because it is not the same as nothing
// found.

import {
  type ComposeProject,
  type ComposeService,
  conventionOf,
  hasOwnCommand,
  isKafkaLike,
  type SourceLocation,
} from "../../../compose/mod.ts";
import type { NotJudged } from "../facts.ts";
import type { Location, Setting } from "../setting.ts";
import type { Locate } from "./locate.ts";

/** Whether a service's environment is in a file that was not there. */
export function isPartial({ gaps = [] }: ComposeProject, { service }: ComposeService): boolean {
  return gaps.some((gap) => gap.service === service && gap.key !== "include");
}

/** The parts of a project that may be Kafka and are not read. */
export function notJudgedIn(project: ComposeProject, locate: Locate): NotJudged[] {
  const nodes = project.services.filter((service) => conventionOf(service) !== null);
  return [
    ...project.services.filter((service) => isUnknownKafka(service)).map((one) => unknownImage(one, locate)),
    ...nodes.filter((service) => isPartial(project, service)).map((one) => partial(project, one, locate)),
    ...extending(project, nodes.length > 0, locate),
    ...offProfiles(project, locate),
    ...(nodes.length > 0 ? [] : includes(project, locate)),
  ];
}

/** Whether a service may be Kafka by rules that are not known. */
export function isUnknownKafka(service: ComposeService): boolean {
  const isServer = Object.keys(service.environment).some((name) => SERVERS.test(name));
  if (conventionOf(service) !== null || !(isKafkaLike(service) || isServer)) return false;
  // a known image with a command and without listeners is a tool
  return conventionOf({ ...service, keys: [] }) === null || !hasOwnCommand(service);
}

/** What only a Kafka server is given. */
const SERVERS = /^KAFKA_(ADVERTISED_(LISTENERS|HOST_NAME)|LISTENERS|ZOOKEEPER_CONNECT)$/;

/** Says that the rules of a service's image are not known. */
export function unknownImage(service: ComposeService, locate: Locate): NotJudged {
  const key = service.image === null ? "build" : "image";
  const image = service.image ?? "an image that is built";
  const setting = settingAt(key, image, locate(placeOf(service, key), key));
  if (/redpanda|automq/.test(image))
    return {
      setting,
      why: `${image} speaks Kafka's protocol and has other settings: ${service.service} is not judged.`,
      fix: "give the clients' files: their settings are judged as against Kafka's defaults",
    };
  return {
    setting,
    why: `The environment rules of ${image} are not known, so ${service.service} is not judged.`,
    fix:
      "an image whose rules are known (apache/kafka, confluentinc/cp-kafka, cp-server, " +
      "bitnamilegacy/kafka), " +
      "or its server.properties as a file of its own",
  };
}

function partial(project: ComposeProject, service: ComposeService, locate: Locate): NotJudged {
  const gap = project.gaps!.find((one) => one.service === service.service && one.key !== "include")!;
  return {
    setting: settingAt(gap.key, gap.path, locate(gap.location, gap.path)),
    why: `${gap.path} is not there, so the settings of ${service.service} are not known and not judged.`,
    fix: `put ${gap.path} where the compose file names it`,
  };
}

/** Services of which the rest, their image, is in a file that is not there: where there is no other Kafka. */
function extending(project: ComposeProject, hasNodes: boolean, locate: Locate): NotJudged[] {
  return project.services
    .filter(
      (service) =>
        conventionOf(service) === null &&
        !isUnknownKafka(service) &&
        service.image === null &&
        !service.keys.some(({ key }) => key === "build") &&
        project.gaps?.some((gap) => gap.service === service.service && gap.key === "extends") === true &&
        (!hasNodes || /kafka|broker/i.test(service.service)),
    )
    .map((service) => partial(project, service, locate));
}

/** Kafka nodes that no profile starts; all of them in one sentence. */
function offProfiles({ idle = [] }: ComposeProject, locate: Locate): NotJudged[] {
  const off = idle.filter(({ service }) => conventionOf(service) !== null);
  const [first] = off;
  if (first === undefined) return [];
  const names = off.map(({ service }) => service.service).join(", ");
  const profiles = [...new Set(off.map((one) => one.profiles[0]!))].join(",");
  return [
    {
      setting: settingAt(
        "profiles",
        first.profiles.join(", "),
        locate(placeOf(first.service, "profiles"), "profiles"),
      ),
      why: `No profile of ${names} is asked for, so ${off.length === 1 ? "it is" : "they are"} not judged.`,
      fix: `set COMPOSE_PROFILES=${profiles} in the environment`,
    },
  ];
}

function includes({ gaps = [] }: ComposeProject, locate: Locate): NotJudged[] {
  return gaps
    .filter(({ key }) => key === "include")
    .map((gap) => ({
      setting: settingAt("include", gap.path, locate(gap.location, "include")),
      why: `${gap.path} is not there, and no service of the files that are there is Kafka.`,
      fix: `give ${gap.path} as a file of its own`,
    }));
}

function placeOf(service: ComposeService, key: string): SourceLocation {
  return service.keys.find((given) => given.key === key)?.location ?? service.location;
}

export function settingAt(key: string, value: string, location: Location): Setting {
  return { key, written: key, value, origin: "file", location };
}
