// Who may do what: the authorizer, and the users who need no ACL.

import { isAtLeast, type Facts, type Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { isOpen, type Setting } from "../setting.ts";
import { isBroker } from "./advertised.ts";
import { isBitnami, isUnknown, protocolOf } from "./secured.ts";
import { eachNode, isKnown } from "./words.ts";

const CLASS = "authorizer.class.name";
const USERS = "super.users";
const EVERYONE = "allow.everyone.if.no.acl.found";
const STANDARD = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
const OLD: ReadonlySet<string> = new Set([
  "kafka.security.authorizer.AclAuthorizer",
  "kafka.security.auth.SimpleAclAuthorizer",
]);

export const authorizerRules: readonly Rule[] = [
  {
    id: "super-users-separator",
    severity: "error",
    title: "super.users are separated by commas",
    source: 'Kafka: StandardAuthorizer.getConfiguredSuperUsers, AclAuthorizer.configure: split(";")',
    check: (facts) => eachNode(facts, wronglySeparated),
  },
  {
    id: "super-users-entry",
    severity: "error",
    title: "an entry of super.users is no principal",
    source:
      'Kafka: SecurityUtils.parseKafkaPrincipal, "expected a string in format principalType:' +
      'principalName"; DefaultKafkaPrincipalBuilder: the type is "User"',
    check: (facts) => eachNode(facts, noPrincipal),
  },
  {
    id: "authorizer-of-another-mode",
    severity: "error",
    title: "the authorizer is for another mode of Kafka",
    source:
      "KIP-801: StandardAuthorizer keeps ACLs in the metadata log, AclAuthorizer in ZooKeeper; Kafka 4.0 " +
      "removed AclAuthorizer (KAFKA-17611)",
    check: (facts) => eachNode(facts, ofAnotherMode),
  },
  {
    id: "brokers-not-authorized",
    severity: "error",
    title: "brokers may not do what brokers do",
    source:
      "Kafka: ControllerApis.handleBrokerRegistration authorizes CLUSTER_ACTION; StandardAuthorizerData, " +
      "allow.everyone.if.no.acl.found; a connection without authentication is User:ANONYMOUS",
    check: (facts) => eachNode(facts, (node) => unauthorized(facts, node)),
  },
  {
    id: "everyone-allowed",
    severity: "note",
    title: "what has no ACL is open to everyone",
    source: `Kafka: ${EVERYONE} (StandardAuthorizer.getDefaultResult)`,
    check: (facts) =>
      eachNode(facts, (node) => {
        const setting = node.settings.given.get(EVERYONE);
        if (setting?.value.trim().toLowerCase() !== "true" || !hasAuthorizer(node)) return null;
        return {
          settings: [setting],
          happens:
            `${node.name} lets everyone who connects read, write and delete what no ACL covers, such as ` +
            "a new topic.",
          fix: `${node.settings.spell(EVERYONE, "false")}, with ACLs for the clients`,
        };
      }),
  },
];

/** Authorizers of others may read other formats, as those of other principals may. */
function isKafkasOwn({ settings: { given } }: Node): boolean {
  const name = given.get(CLASS)?.value.trim() ?? "";
  return (name === "" || name === STANDARD || OLD.has(name)) && !given.has("principal.builder.class");
}

function hasAuthorizer(node: Node): boolean {
  return (node.settings.given.get(CLASS)?.value.trim() ?? "") !== "" && isKafkasOwn(node);
}

/** The users as Kafka separates them; null where they are not known. */
function superUsers(node: Node): { setting: Setting; names: string[] } | null {
  const setting = node.settings.given.get(USERS);
  if (setting === undefined || isUnknown(setting) || !isKafkasOwn(node)) return null;
  const names = setting.value
    .split(";")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return { setting, names };
}

function wronglySeparated(node: Node): Problem | null {
  const users = superUsers(node);
  // a name of a certificate has commas, but no type behind one
  const joined = users?.names.find((name) => /,\s*User:/.test(name));
  if (users === null || joined === undefined) return null;
  const [, first = ""] = /^User:(.*?),\s*User:/.exec(joined) ?? [];
  const effect = hasAuthorizer(node)
    ? `neither ${first} nor another of them is a super user`
    : "and if an authorizer is set one day, none of them will be a super user";
  return {
    settings: [users.setting],
    ...(!hasAuthorizer(node) && { severity: "note" as const }),
    happens: `${node.name} takes "${joined}" for one user: entries are separated by semicolons, ${effect}.`,
    fix: node.settings.set(USERS, users.names.flatMap(apart).join(";")),
  };
}

/** Users that are joined by commas, each by itself. */
function apart(name: string): string[] {
  return name.split(/,\s*(?=User:)/);
}

function noPrincipal(node: Node): Problem | null {
  const users = superUsers(node);
  if (users === null || !hasAuthorizer(node)) return null;
  const wrong = users.names.find((name) => !/^User:(\S|$)/.test(name));
  if (wrong === undefined) return null;
  const isRefused = !wrong.includes(":");
  const mended = users.names.map((name) =>
    /^User:\S/.test(name) ? name : `User:${name.replace(/^["']?user:\s*|["']/gi, "")}`,
  );
  return {
    settings: [users.setting],
    ...(!isRefused && { severity: "warning" as const }),
    happens: isRefused
      ? `${node.name} does not start: "expected a string in format principalType:principalName but got ` +
        `${wrong}".`
      : `"${wrong}" is no user of ${node.name}: principals are User:NAME, written so and without blanks.`,
    fix: node.settings.set(USERS, mended.join(";")),
  };
}

function ofAnotherMode(node: Node): Problem | null {
  const { name, isKraft, version, settings } = node;
  const setting = settings.given.get(CLASS);
  const value = setting?.value.trim() ?? "";
  const isMigrating = settings.given.has("zookeeper.metadata.migration.enable");
  if (setting === undefined || isOpen(value) || isMigrating) return null;
  if (
    OLD.has(value) &&
    (isKraft || isAtLeast(version, 4, 0) === true) &&
    !settings.given.has("zookeeper.connect")
  )
    return {
      settings: [setting],
      happens:
        `${name} does not start: ${value.replace(/^.*\./, "")} keeps its ACLs in ZooKeeper, ` +
        (isAtLeast(version, 4, 0) === true ? "and Kafka 4 does not have it." : "and a KRaft node has none."),
      fix: settings.set(CLASS, STANDARD),
    };
  if (value !== STANDARD || isKraft || isAtLeast(version, 4, 0) === true || isBitnami(node)) return null;
  return {
    settings: [setting],
    happens:
      `${name} does not serve: StandardAuthorizer waits for ACLs of the metadata log, and a broker in ` +
      "ZooKeeper mode has no metadata log.",
    fix: settings.set(CLASS, "kafka.security.authorizer.AclAuthorizer"),
  };
}

/** Brokers that nobody lets in: not by an ACL, because there is none before the cluster works. */
function unauthorized({ cluster }: Facts, node: Node): Problem | null {
  const { settings, isKraft, controllerNames, interBroker } = node;
  if (!hasAuthorizer(node) || !isKraft || isBitnami(node)) return null;
  const everyone = settings.of(EVERYONE);
  if (!isKnown(everyone) || everyone.value.trim().toLowerCase() === "true") return null;
  const given = settings.given.get(USERS);
  // what a comma joins has a rule of its own
  const names = superUsers(node)?.names.flatMap(apart) ?? [];
  // a name that is empty, or all of them, may be variables of the shell
  if ((given !== undefined && isUnknown(given)) || names.includes("User:")) return null;
  // a broker among others is dialled by them, a controller by brokers
  const isDialled = node.roles.includes("controller") || (isBroker(node) && cluster?.isAlone === false);
  const listener = node.roles.includes("controller") ? controllerNames[0] : interBroker;
  if (!isDialled || listener == null) return null;
  const isAnonymous = protocolOf(node, listener) === "PLAINTEXT";
  const isLost = isAnonymous ? !names.includes("User:ANONYMOUS") : names.length === 0;
  if (!isLost) return null;
  const what = node.roles.includes("controller")
    ? "so no broker can register"
    : "so other brokers cannot fetch from it";
  return {
    settings: [given ?? settings.of(USERS), settings.of(CLASS)],
    // ACLs may be from before, as after a migration
    ...(!isAnonymous && { severity: "warning" as const }),
    happens: isAnonymous
      ? `${listener} of ${node.name} is PLAINTEXT, so nodes come as User:ANONYMOUS, which is not among ` +
        `super.users, and no ACL allows it anything: ${what.slice(3)}.`
      : `${node.name} has an authorizer and no super.users, and a new cluster has no ACL, ${what}.`,
    fix: settings.set(USERS, [...names, isAnonymous ? "User:ANONYMOUS" : "User:NAME"].join(";")),
  };
}
