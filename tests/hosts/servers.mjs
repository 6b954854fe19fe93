// The servers: their settings as the README has them, put where a test can have them, started and ended.

import { spawn, execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
/** How long a server may take to answer for the first time. */
const PATIENCE = 10_000;

const running = new Set();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]]) process.once(signal, () => process.exit(code));

/** The README's one block in a language. */
function snippet(language) {
  const blocks = README.split(`\n\`\`\`${language}\n`);
  if (blocks.length !== 2) throw new Error(`the README has ${blocks.length - 1} blocks of ${language}`);
  return blocks[1].split("\n```")[0];
}

/** Puts something in the place of what must be there. */
function replace(text, old, by) {
  if (!(old instanceof RegExp ? old.test(text) : text.includes(old))) throw new Error(`the README's settings have no ${old}`);
  return text.replaceAll(old instanceof RegExp ? new RegExp(old, "g") : old, () => by);
}

/** What the README says of sites below a path: the folder, and the path before these four. */
function placed(text, { root, base }) {
  text = replace(text, "/srv/advice/public", root);
  if (base === "") return text;
  text = replace(text, "/404.html", `${base}/404.html`);
  text = replace(text, "^/_(", `^${base}/_(`);
  if (text.includes("/assets/*")) return replace(replace(text, "/assets/*", `${base}/assets/*`), "/search/i/*", `${base}/search/i/*`);
  return replace(text, "^/(assets|search/i)/", `^${base}/(assets|search/i)/`);
}

/** As Debian's own nginx.conf, with one site. `http` and `server` are settings besides the README's. */
function nginx({ folder, port, http = "", server = "", isPrecompressed, ...place }) {
  let site = placed(snippet("nginx"), place);
  site = replace(site, "listen 80;", `listen 127.0.0.1:${port}; ${server}`);
  if (isPrecompressed) site = replace(site, "# brotli_static on;", "brotli_static on;");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n");
  const modules = "/etc/nginx/modules-enabled";
  const user = process.getuid() === 0 ? "user www-data;" : "";
  writeFileSync(
    join(folder, "nginx.conf"),
    `${user}\ndaemon off;\npid ${folder}/nginx.pid;\nerror_log ${folder}/log;\ninclude ${modules}/*.conf;\nevents {}\nhttp {
      sendfile on; tcp_nopush on; types_hash_max_size 2048; access_log off; ${temporary}
      include /etc/nginx/mime.types; default_type application/octet-stream; gzip on;
      ${http}\n${site}\n}\n`,
  );
  // What the README includes is found beside nginx's own settings.
  writeFileSync(join(folder, "mime.types"), readFileSync("/etc/nginx/mime.types"));
  return ["nginx", ["-c", join(folder, "nginx.conf"), "-e", join(folder, "log")]];
}

/** As Debian's own apache2.conf, with what `a2enmod` adds and one site. */
function apache({ folder, port, isPrecompressed, site, ...place }) {
  site ??= placed(snippet("apache"), place);
  site = replace(site, "*:80", `127.0.0.1:${port}`);
  const available = "/etc/apache2/mods-available";
  const modules = ["headers", "rewrite"].map((name) => `<IfModule !mod_${name}.c>\nInclude ${available}/${name}.load\n</IfModule>`);
  const user = process.getuid() === 0 ? "User www-data\nGroup www-data" : "";
  writeFileSync(
    join(folder, "apache.conf"),
    `ServerRoot /etc/apache2\nServerName localhost\nPidFile ${folder}/apache.pid\nErrorLog ${folder}/log\nMutex file:${folder} default
      Listen 127.0.0.1:${port}\n${user}\nInclude mods-enabled/*.load\n${modules.join("\n")}\nInclude mods-enabled/*.conf
      <Directory />\nOptions FollowSymLinks\nAllowOverride None\nRequire all denied\n</Directory>
      AccessFileName .htaccess\n<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>\n${site}\n`,
  );
  return ["apache2", ["-D", "FOREGROUND", "-f", join(folder, "apache.conf")], { APACHE_RUN_DIR: folder, APACHE_LOG_DIR: folder, APACHE_LOCK_DIR: folder }];
}

function caddy({ folder, port, isPrecompressed, ...place }) {
  const site = replace(placed(snippet("caddy"), place), "advice.example.edu {", `http://127.0.0.1:${port} {\n    bind 127.0.0.1`);
  writeFileSync(join(folder, "Caddyfile"), `{\n    admin off\n    auto_https off\n}\n${site}\n`);
  return ["caddy", ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }];
}

export const HOSTS = { nginx, apache, caddy };

/** What the servers call themselves. */
export function versions() {
  const said = (program, argument) => execFileSync("sh", ["-c", `${program} ${argument} 2>&1`], { encoding: "utf8" });
  return [said("nginx", "-v").trim().replace("nginx version: ", ""), /Apache\/\S+/.exec(said("apache2", "-v"))[0], `caddy/${said("caddy", "version").trim()}`];
}

/** Starts one of the hosts; its settings go into `folder`. */
export async function start(host, folder, options) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const [program, args, environment] = HOSTS[host]({ folder, port, ...options });
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said = (said + data).slice(-4000)));
  const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  let hasEnded = false;
  ended.then(() => ((hasEnded = true), running.delete(child)));
  const log = () => (existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8").slice(-2000) : "");
  const stop = async () => {
    if (!hasEnded) child.kill("SIGTERM");
    const mercy = setTimeout(() => child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(mercy);
  };
  for (const end = Date.now() + PATIENCE; !(await answers(port)); ) {
    if (hasEnded || Date.now() > end) {
      await stop();
      throw new Error(`${host} does not answer:\n${said}\n${log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, stop, log };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path: "/", agent: false }, (response) => (response.resume(), resolve(true)));
    asked.once("error", () => resolve(false));
    asked.end();
  });
}

/** The names of the files below a folder, with `/` between. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}
