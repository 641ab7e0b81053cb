// Was die Seite der Zuschauer sagt, auf Deutsch.

/** @type {import('./messages.js').Messages} */
export const messages = {
  title: 'Zusehen · Handlens',
  phone: 'Telefon',
  unnamed: 'Ein Telefon',
  fullScreen: 'Vollbild',
  small: 'Klein',
  smallLabel: 'Kleines Fenster über allen anderen',
  snapshot: 'Foto',
  snapshotLabel: 'Das Bild mit seinen Rahmen speichern',
  snapshotSaved: 'Das Bild liegt bei deinen Downloads.',
  snapshotFailed: 'Das Bild ließ sich nicht speichern.',
  refusedByBrowser: 'Der Browser erlaubt das gerade nicht.',
  detect: 'Hier erkennen',
  detectLabel: 'In diesem Browser erkennen statt auf dem Computer',
  more: 'Mehr',
  moreLabel: 'Einzelheiten und Tasten',
  play: 'Bild zeigen',
  counts: 'Im Bild',
  keys: 'Tasten: F Vollbild, P kleines Fenster, S Foto, D hier erkennen',
  model: 'Modell',
  place: 'Erkannt wird',
  stats: 'Verbindung',
  retryNow: 'Jetzt versuchen',
  retry: (s) => `Nächster Versuch in ${s} s`,
  frameRate: (n) => `${n} Bilder/s`,
  delay: (ms) => `${ms} ms Verzug`,
  loss: (percent) => `${percent} % unterwegs verloren`,
  codeLabel: 'Tippe den Code ein, den der Computer für Zuschauer zeigt',
  codeUse: 'Diesen Code nehmen',
  codeBad: 'Ein Code hat 12 Buchstaben und Ziffern. Vergleiche ihn mit dem auf dem Bildschirm.',

  onComputer: 'auf dem Computer',
  provider: {
    wasm: 'auf dem Prozessor dieses Geräts', webgpu: 'auf der Grafikkarte dieses Geräts',
  },
  pace: (ms, fps) => `${Math.round(ms)} ms, ` +
    `${fps < 10 ? fps.toFixed(1).replace('.', ',') : Math.round(fps)} Bilder/s`,
  loading: (percent) => `Das Modell wird geladen: ${percent} %`,
  starting: 'Das Modell startet …',
  slow: 'Dieses Gerät ist zu langsam: Es braucht mehr als eine Sekunde für ein Bild. Der ' +
    'Computer kann es vielleicht besser.',
  notHere: {
    noEngine: 'Dieses Handlens hat keine Laufzeit für Browser; erkannt wird weiter auf dem ' +
      'Computer.',
    noModel: 'Der Computer hat gerade kein Modell, das er abgeben kann.',
    memory: 'Dieses Gerät hat zu wenig Speicher für das Modell. Erkannt wird wieder auf dem ' +
      'Computer.',
    engine: 'Dieser Browser kann das Modell nicht ausführen. Erkannt wird wieder auf dem Computer.',
    model: 'Das Modell kam nicht ganz an. Erkannt wird wieder auf dem Computer.',
    died: 'Der Browser hat die Erkennung beendet, vielleicht aus Mangel an Speicher. Erkannt ' +
      'wird wieder auf dem Computer.',
    failed: 'Das Modell läuft in diesem Browser nicht. Erkannt wird wieder auf dem Computer.',
  },

  status: {
    connecting: 'Verbinde mit dem Computer',
    waiting: 'Warte auf ein Telefon',
    live: 'Live',
    muted: 'Gerade kein Bild',
    reconnecting: 'Verbindung verloren, kommt zurück',
    ended: 'Beendet',
    error: 'Nicht verbunden',
  },
  muted: {
    blurred: 'Etwas wird unkenntlich gemacht, darum bekommen Zuschauer kein Bild.',
    paused: 'Das Telefon ist angehalten.',
    other: 'Der Computer sendet gerade kein Bild.',
  },

  waiting: {
    title: 'Warte auf ein Telefon',
    text: 'Gerade sendet kein Telefon. Das Bild kommt, sobald eines sendet.',
  },
  hint: {
    approve: 'Wenn der Computer nach diesem Browser fragt, erlaube es dort.',
    full: 'Es sehen schon so viele zu, wie dürfen. Neuer Versuch …',
    locked: 'Von diesem Gerät kamen zu viele falsche Codes, darum lässt der Computer es warten.',
    unreachable:
      'Der Computer antwortet nicht. Ist die App noch offen und dieses Gerät in seinem Netz?',
    blocked: 'Der Computer antwortet, aber das Bild kommt nicht durch. Eine Firewall auf dem ' +
      'Computer oder ein Gäste-WLAN, das Geräte trennt, kann im Weg sein.',
    server: 'Der Computer hatte ein Problem mit der Verbindung. Neuer Versuch …',
    modelLoading: 'Der Computer lädt noch sein Modell. Gleich gibt es Rahmen.',
    modelFailed: 'Der Computer konnte sein Modell nicht laden, deshalb gibt es keine Rahmen.',
    picture: 'Verbunden. Warte auf das erste Bild …',
  },

  ended: {
    title: 'Der Computer hat die Verbindung beendet',
    text: 'Hierher wird kein Bild mehr gesendet.',
    button: 'Wieder verbinden',
  },
  reasons: {
    'program-closed': 'Handlens wurde auf dem Computer geschlossen.',
    'sent-away': 'Jemand am Computer hat sie beendet.',
  },

  errors: {
    'no-token': {
      title: 'Dem Link fehlt sein Code',
      text: 'Diese Seite wurde ohne den Code geöffnet, mit dem du zusehen darfst. Öffne den ' +
        'ganzen Link, oder scanne das Quadrat, das der Computer unter „Im Browser zeigen“ zeigt.',
      code: true,
    },
    unauthorized: {
      title: 'Dieser Link gilt nicht mehr',
      text: 'Der Computer hat inzwischen einen neuen. Frag nach dem Link, den er jetzt zeigt.',
      code: true,
    },
    unshared: {
      title: 'Gerade darf niemand zusehen',
      text: 'Auf dem Computer ist „Im Browser zeigen“ aus. Bitte, wer davor sitzt, es ' +
        'einzuschalten.',
      button: 'Noch einmal versuchen',
    },
    refused: {
      title: 'Der Computer hat Nein gesagt',
      text: 'Er hat diesen Browser nicht zusehen lassen. Frag, wer davor sitzt, und versuch es ' +
        'wieder.',
      button: 'Noch einmal versuchen',
    },
    unacceptable: {
      title: 'Dieser Browser kann das Video nicht abspielen',
      text: 'Das Telefon sendet eine Art von Video, die dieser Browser nicht nimmt. Öffne den ' +
        'Link in einem anderen Browser, etwa in Chrome.',
      button: 'Noch einmal versuchen',
    },
    unsupported: {
      title: 'Dieser Browser kann das Bild nicht zeigen',
      text: 'Er ist zu alt, oder sein WebRTC ist abgeschaltet. Öffne den Link in einem neuen ' +
        'Chrome, Firefox, Edge oder Safari.',
    },
  },
};
