/**
 * What people's `jail.local` files expect of the stock jails, as data: port, log and what is out of the ordinary (B§6.3).
 * @module
 */

export interface JailFacts {
  readonly port?: string;
  /** variables of the paths files, or paths */
  readonly log: string | readonly string[];
  /** variable of the paths files; `auto` unless told */
  readonly backend?: string;
  /** the jail's name with its mode unless told */
  readonly filter?: string;
  readonly maxretry?: number;
  /** seconds */
  readonly bantime?: number;
  /** seconds */
  readonly findtime?: number;
  /** `both`: an action for tcp and one for udp */
  readonly protocol?: "udp" | "both";
  /** another ban action than `banaction` */
  readonly banaction?: "allports" | "iptables-multiport" | "iptables-multiport-log";
}

const HTTP = "http,https";
const SMTP = "smtp,465,submission";
const FTP = "ftp,ftp-data,ftps,ftps-data";
const SYSLOG = "syslog_backend";

const apacheErrors = (maxretry?: number): JailFacts => ({
  port: HTTP,
  log: "apache_error_log",
  ...(maxretry === undefined ? {} : { maxretry }),
});

export const JAIL_FACTS: Readonly<Record<string, JailFacts>> = {
  sshd: { port: "ssh", log: "sshd_log", backend: "sshd_backend" },
  dropbear: { port: "ssh", log: "dropbear_log", backend: "dropbear_backend" },
  "selinux-ssh": { port: "ssh", log: "auditd_log" },
  "apache-auth": apacheErrors(),
  "apache-noscript": apacheErrors(),
  "apache-badbots": { port: HTTP, log: "apache_access_log", bantime: 172_800, maxretry: 1 },
  "apache-overflows": apacheErrors(2),
  "apache-nohome": apacheErrors(2),
  "apache-botsearch": apacheErrors(2),
  "apache-modsecurity": apacheErrors(2),
  "apache-fakegooglebot": { port: HTTP, log: "apache_access_log", maxretry: 1 },
  "apache-shellshock": apacheErrors(1),
  "openhab-auth": { log: "/opt/openhab/logs/request.log", filter: "openhab", banaction: "allports" },
  "nginx-http-auth": { port: HTTP, log: "nginx_error_log" },
  "nginx-limit-req": { port: HTTP, log: "nginx_error_log" },
  "nginx-botsearch": { port: HTTP, log: "nginx_error_log" },
  "nginx-forbidden": { port: HTTP, log: "nginx_error_log" },
  "nginx-bad-request": { port: HTTP, log: "nginx_access_log" },
  "php-url-fopen": { port: HTTP, log: ["nginx_access_log", "apache_access_log"] },
  suhosin: { port: HTTP, log: "suhosin_log" },
  "lighttpd-auth": { port: HTTP, log: "lighttpd_error_log" },
  "roundcube-auth": { port: HTTP, log: "roundcube_errors_log" },
  openwebmail: { port: HTTP, log: "/var/log/openwebmail.log" },
  horde: { port: HTTP, log: "/var/log/horde/horde.log" },
  groupoffice: { port: HTTP, log: "/home/groupoffice/log/info.log" },
  "sogo-auth": { port: HTTP, log: "/var/log/sogo/sogo.log" },
  tine20: { port: HTTP, log: "/var/log/tine20/tine20.log" },
  "drupal-auth": { port: HTTP, log: "syslog_daemon", backend: SYSLOG },
  guacamole: { port: HTTP, log: "/var/log/tomcat*/catalina.out" },
  monit: { port: "2812", log: ["/var/log/monit", "/var/log/monit.log"] },
  "webmin-auth": { port: "10000", log: "syslog_authpriv", backend: SYSLOG },
  "froxlor-auth": { port: HTTP, log: "syslog_user", backend: SYSLOG },
  squid: { port: "80,443,3128,8080", log: "/var/log/squid/access.log" },
  "3proxy": { port: "3128", log: "/var/log/3proxy.log" },
  proftpd: { port: FTP, log: "proftpd_log", backend: "proftpd_backend" },
  "pure-ftpd": { port: FTP, log: "pureftpd_log", backend: "pureftpd_backend" },
  wuftpd: { port: FTP, log: "wuftpd_log", backend: "wuftpd_backend" },
  gssftpd: { port: FTP, log: "syslog_daemon", backend: SYSLOG },
  vsftpd: { port: FTP, log: "vsftpd_log" },
  assp: { port: SMTP, log: "/root/path/to/assp/logs/maillog.txt" },
  "courier-smtp": { port: SMTP, log: "syslog_mail", backend: SYSLOG },
  postfix: { port: SMTP, log: "postfix_log", backend: "postfix_backend", filter: "postfix[mode=more]" },
  "postfix-rbl": {
    port: SMTP,
    log: "postfix_log",
    backend: "postfix_backend",
    filter: "postfix[mode=rbl]",
    maxretry: 1,
  },
  "postfix-sasl": {
    port: `${SMTP},imap,imaps,pop3,pop3s`,
    log: "postfix_log",
    backend: "postfix_backend",
    filter: "postfix[mode=auth]",
  },
  "sendmail-auth": { port: "submission,465,smtp", log: "syslog_mail", backend: SYSLOG },
  "sendmail-reject": { port: SMTP, log: "syslog_mail", backend: SYSLOG },
  "qmail-rbl": { port: SMTP, log: "/service/qmail/log/main/current", filter: "qmail" },
  dovecot: {
    port: "pop3,pop3s,imap,imaps,submission,465,sieve",
    log: "dovecot_log",
    backend: "dovecot_backend",
  },
  sieve: { port: SMTP, log: "dovecot_log", backend: "dovecot_backend" },
  "solid-pop3d": { port: "pop3,pop3s", log: "solidpop3d_log" },
  exim: { port: SMTP, log: "exim_main_log" },
  "exim-spam": { port: SMTP, log: "exim_main_log" },
  kerio: { port: "imap,smtp,imaps,465", log: "/opt/kerio/mailserver/store/logs/security.log" },
  "courier-auth": { port: `${SMTP},imap,imaps,pop3,pop3s`, log: "syslog_mail", backend: SYSLOG },
  perdition: { port: "imap,imaps,pop3,pop3s", log: "syslog_mail", backend: SYSLOG },
  squirrelmail: {
    port: `${SMTP},imap,imap2,imaps,pop3,pop3s,${HTTP},socks`,
    log: "/var/lib/squirrelmail/prefs/squirrelmail_access_log",
  },
  "cyrus-imap": { port: "imap,imaps", log: "syslog_mail", backend: SYSLOG },
  "uwimap-auth": { port: "imap,imaps", log: "syslog_mail", backend: SYSLOG },
  "named-refused": { port: "domain,953", log: "/var/log/named/security.log" },
  nsd: { port: "53", log: "/var/log/nsd.log", protocol: "both" },
  asterisk: { port: "5060,5061", log: "/var/log/asterisk/messages", protocol: "both", maxretry: 10 },
  freeswitch: { port: "5060,5061", log: "/var/log/freeswitch.log", protocol: "both", maxretry: 10 },
  "znc-adminlog": { port: "6667", log: "/var/lib/znc/moddata/adminlog/znc.log" },
  "mysqld-auth": { port: "3306", log: "mysql_log", backend: "mysql_backend" },
  "mssql-auth": { port: "1433", log: "/var/opt/mssql/log/errorlog", filter: "mssql-auth" },
  "mongodb-auth": { port: "27017", log: "/var/log/mongodb/mongodb.log" },
  recidive: { log: "/var/log/fail2ban.log", banaction: "allports", bantime: 604_800, findtime: 86_400 },
  "pam-generic": { log: "syslog_authpriv", backend: SYSLOG, banaction: "allports" },
  "xinetd-fail": {
    log: "syslog_daemon",
    backend: SYSLOG,
    banaction: "iptables-multiport-log",
    maxretry: 2,
  },
  stunnel: { log: "/var/log/stunnel4/stunnel.log" },
  "ejabberd-auth": { port: "5222", log: "/var/log/ejabberd/ejabberd.log" },
  "counter-strike": { log: "/opt/cstrike/logs/L[0-9]*.log", protocol: "both" },
  softethervpn: {
    port: "500,4500",
    log: "/usr/local/vpnserver/security_log/*/sec.log",
    protocol: "udp",
  },
  gitlab: { port: HTTP, log: "/var/log/gitlab/gitlab-rails/application.log" },
  grafana: { port: HTTP, log: "/var/log/grafana/grafana.log" },
  bitwarden: { port: HTTP, log: "/home/*/bwdata/logs/identity/Identity/log.txt" },
  centreon: { port: HTTP, log: "/var/log/centreon/login.log" },
  nagios: { log: "syslog_daemon", backend: SYSLOG, maxretry: 1 },
  oracleims: { log: "/opt/sun/comms/messaging64/log/mail.log_current", banaction: "allports" },
  directadmin: { port: "2222", log: "/var/log/directadmin/login.log" },
  portsentry: { log: "/var/lib/portsentry/portsentry.history", maxretry: 1 },
  "pass2allow-ftp": {
    port: FTP,
    log: "apache_access_log",
    filter: "apache-pass[knocking_url=/knocking/]",
    banaction: "iptables-multiport",
    bantime: 3600,
    maxretry: 1,
    findtime: 1,
  },
  murmur: { port: "64738", log: "/var/log/mumble-server/mumble-server.log", protocol: "both" },
  screensharingd: { log: "/var/log/system.log" },
  "haproxy-http-auth": { log: "/var/log/haproxy.log" },
  slapd: { port: "ldap,ldaps", log: "/var/log/slapd.log" },
  "domino-smtp": {
    port: "smtp,ssmtp",
    log: "/home/domino01/data/IBM_TECHNICAL_SUPPORT/console.log",
  },
  "phpmyadmin-syslog": { port: HTTP, log: "syslog_authpriv", backend: SYSLOG },
  "routeros-auth": { port: "ssh,http,https", log: "/var/log/MikroTik/router.log" },
  zoneminder: apacheErrors(),
  "traefik-auth": { port: HTTP, log: "/var/log/traefik/access.log" },
  openvpn: { port: "443", log: "/var/log/syslog" },
  scanlogd: { log: "syslog_local0", banaction: "allports" },
  monitorix: { port: "8080", log: "/var/log/monitorix-httpd" },
  dante: { port: "1080", log: "syslog_daemon" },
  proxmox: { port: "https,http,8006", log: "/var/log/daemon.log" },
  vaultwarden: { port: HTTP, log: "/var/log/vaultwarden.log" },
  xrdp: { port: "3389", log: "/var/log/xrdp-sesman.log" },
  cowrie: { port: "ssh,telnet,2222,2223", log: "/var/log/cowrie/cowrie.json" },
};

/** Jails of our own beside those. */
export const OWN_JAIL_FACTS: Readonly<Record<string, JailFacts>> = {
  "sshd-ddos": { port: "ssh", log: "sshd_log", backend: "sshd_backend", filter: "sshd-ddos" },
  caddy: { port: HTTP, log: "/var/log/caddy/*.log" },
  "ingress-nginx": { port: HTTP, log: "/var/log/containers/*ingress-nginx-controller*.log" },
  wordpress: { port: HTTP, log: "syslog_authpriv", backend: SYSLOG },
  nextcloud: { port: HTTP, log: "/var/www/nextcloud/data/nextcloud.log" },
  gitea: { port: `${HTTP},3000,ssh`, log: "/var/lib/gitea/log/gitea.log" },
  forgejo: { port: `${HTTP},3000,ssh`, log: "/var/lib/forgejo/log/*.log" },
  authelia: { port: HTTP, log: "/var/log/authelia/authelia.log" },
  keycloak: { port: `${HTTP},8080,8443`, log: "/opt/keycloak/data/log/keycloak.log" },
  "home-assistant": {
    port: `${HTTP},8123`,
    log: "/home/homeassistant/.homeassistant/home-assistant.log",
  },
  immich: { port: `${HTTP},2283`, log: "/var/log/immich/immich.log" },
  jellyfin: { port: `${HTTP},8096,8920`, log: "/var/log/jellyfin/*.log" },
  plex: {
    port: "32400",
    log: "/var/lib/plexmediaserver/Library/Application?Support/Plex?Media?Server/Logs/Plex?Media?Server.log",
  },
  synapse: { port: `${HTTP},8008,8448`, log: "/var/log/matrix-synapse/homeserver.log" },
  coturn: {
    port: "3478,5349",
    log: ["/var/log/turnserver.log", "/var/log/turnserver/*.log"],
    protocol: "both",
  },
};
