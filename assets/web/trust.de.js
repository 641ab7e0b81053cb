// Wie die Warnung des Browsers aufhört, auf Deutsch.

export const messages = {
  title: 'Schluss mit der Warnung · Handlens',
  heading: 'Schluss mit der Zertifikatswarnung',
  trusted: '*Dieses Gerät vertraut Handlens jetzt.* Die Warnung kommt nicht wieder.',
  untrusted: 'Dieses Gerät vertraut Handlens noch nicht. Sobald es das tut, sagt es diese ' +
    'Seite von selbst. Du hast alle Schritte getan, und sie sagt nichts? Starte den Browser neu ' +
    'und scanne den Code noch einmal: Keine Warnung heißt, dass es geklappt hat.',
  cannotTell: 'Dieser Browser verrät nicht, ob das Gerät Handlens vertraut. Wenn du die ' +
    'Schritte getan hast, schließe diesen Tab und scanne den Code noch einmal: Keine Warnung ' +
    'heißt, dass es geklappt hat.',
  noUse: 'Bei dieser Adresse ändert es nichts, ob das Gerät Handlens vertraut: Handlens kann ' +
    'nur für Adressen privater Netze bürgen.',
  why: 'Dein Computer und dein Telefon sprechen direkt miteinander, ohne eine Firma dazwischen. ' +
    'Deshalb kennt dein Browser niemanden, der für den Computer bürgt, und warnt dich. Handlens ' +
    'funktioniert trotzdem: Du kannst jedes Mal über die Warnung hinweggehen.',
  once: 'Damit sie nie mehr erscheint, sag diesem Gerät einmal, dass es *deinem eigenen* ' +
    'Handlens vertrauen soll. Nur dieser Computer kann das Vertrauen nutzen, und nur für ' +
    'Adressen in deinem eigenen Netz. Es dauert etwa eine Minute.',
  ios: 'iPhone und iPad',
  iosSteps: 'Es sind zwei Schritte: das Profil installieren, dann das Vertrauen einschalten. ' +
    'Lade es mit Safari.',
  iosDownload: '[Profil laden], dann auf *Zulassen* tippen.',
  iosInstall: 'Öffne die *Einstellungen*. Tippe ganz oben auf *Profil geladen*, dann auf ' +
    '*Installieren*. (Nicht da? Einstellungen, Allgemein, VPN und Geräteverwaltung.)',
  iosTrust: 'Nun der zweite Schritt: Einstellungen, *Allgemein*, *Info*, ganz unten ' +
    '*Zertifikatsvertrauenseinstellungen*. Schalte *Handlens* ein.',
  scan: 'Scanne den Code auf dem Computer noch einmal.',
  iosUndo: 'Rückgängig machen: Einstellungen, Allgemein, VPN und Geräteverwaltung, Handlens, ' +
    'Profil entfernen.',
  download: '[Zertifikat laden]',
  androidSearch: 'Öffne die *Einstellungen* und suche nach *CA-Zertifikat*. (Es steht unter ' +
    'Sicherheit & Datenschutz, Weitere Sicherheitseinstellungen, Verschlüsselung & Anmeldedaten, ' +
    'Zertifikat installieren.)',
  androidInstall: 'Wähle *CA-Zertifikat*, dann *Trotzdem installieren*, und nimm ' +
    '*handlens-ca.crt* aus den Downloads.',
  androidWarns: 'Android warnt bei jedem Zertifikat, dass dich jemand damit beobachten könnte, ' +
    'fragt nach deiner Displaysperre und meldet danach vielleicht dauerhaft, dass das Netzwerk ' +
    'überwacht werden kann. Dieses hier gilt nur in deinem eigenen Netz.',
  androidFirefox: 'In Firefox außerdem: Einstellungen, Über Firefox, fünfmal auf das Logo ' +
    'tippen, zurückgehen und unter Geheime Einstellungen die *CA-Zertifikate von Drittanbietern* ' +
    'einschalten.',
  androidUndo: 'Rückgängig machen: Einstellungen, nach *Nutzeranmeldedaten* oder ' +
    '*Vertrauenswürdige Anmeldedaten* suchen, Nutzer, Handlens, Entfernen.',
  downloadOpen: '[Zertifikat laden] und öffnen.',
  windowsInstall: 'Wähle *Zertifikat installieren*, *Aktueller Benutzer*, dann *Alle Zertifikate ' +
    'in folgendem Speicher speichern*: *Vertrauenswürdige Stammzertifizierungsstellen*.',
  windowsConfirm: 'Bestätige und starte den Browser neu.',
  windowsUndo: 'Rückgängig machen: *certmgr.msc* starten, Vertrauenswürdige ' +
    'Stammzertifizierungsstellen, Zertifikate, Handlens, Löschen.',
  macDownload: '[Zertifikat laden] und öffnen: Die Schlüsselbundverwaltung legt es in den ' +
    'Schlüsselbund „Anmeldung“.',
  macTrust: 'Doppelklicke in der Schlüsselbundverwaltung auf *Handlens*, öffne *Vertrauen* und ' +
    'stelle *Secure Sockets Layer* auf *Immer vertrauen*.',
  macConfirm: 'Schließe das Fenster, bestätige und starte den Browser neu.',
  macUndo: 'Rückgängig machen: Handlens in der Schlüsselbundverwaltung löschen.',
  linuxChrome: 'Chrome: Einstellungen, Datenschutz und Sicherheit, Sicherheit, Zertifikate ' +
    'verwalten, *Von dir installiert*; importiere es unter *Vertrauenswürdige Zertifikate*.',
  linuxCertutil: 'Oder im Terminal, mit den Werkzeugen von NSS (*libnss3-tools* oder ' +
    '*nss-tools*): {certutil}',
  linuxUndo: 'Rückgängig machen: Handlens in derselben Liste löschen, oder {uncertutil}',
  firefox: 'Firefox am Computer',
  firefoxOwn: 'Firefox hat eine eigene Liste. Unter Windows und auf dem Mac übernimmt er auch, ' +
    'wem das System vertraut.',
  firefoxImport: 'Einstellungen, Datenschutz & Sicherheit, *Zertifikate anzeigen*, ' +
    '*Zertifizierungsstellen*, *Importieren*, *handlens-ca.crt* wählen und *Dieser CA vertrauen, ' +
    'um Websites zu identifizieren* ankreuzen.',
  firefoxUndo: 'Rückgängig machen: Handlens in derselben Liste löschen.',
  authority: 'Das, dem du vertraust, heißt {name}. Der Fingerabdruck (SHA-256), den dein Gerät ' +
    'dafür zeigt, muss dieser sein: {fingerprint} Am Computer zeigt ihn auch {doctor}.',
  back: '[Zurück zur Kamera]',
};
