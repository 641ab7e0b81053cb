// Wie die Warnung des Browsers aufhört, auf Deutsch.

export const messages = {
  title: 'Schluss mit der Warnung · Handlens',
  heading: 'Schluss mit der Zertifikatswarnung',
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
    'verwalten; importiere es unter *Vertrauenswürdige Zertifikate*.',
  linuxFirefox: 'Firefox: Einstellungen, Datenschutz & Sicherheit, Zertifikate anzeigen, ' +
    'Zertifizierungsstellen, *Importieren*, und kreuze *Websites identifizieren* an.',
  linuxUndo: 'Rückgängig machen: Handlens in derselben Liste löschen.',
  authority: 'Das, dem du vertraust, heißt {name}. Der Fingerabdruck (SHA-256), den dein Gerät ' +
    'dafür zeigt, muss dieser sein: {fingerprint}',
  back: '[Zurück zur Kamera]',
};
