// Was die Seite auf dem Telefon sagt, auf Deutsch.

import { byPlatform } from './platform.js';

/** @type {import('./messages.js').Messages} */
export const messages = {
  flip: 'Drehen',
  flipLabel: 'Zwischen hinterer und vorderer Kamera wechseln',
  torch: 'Licht',
  torchLabel: 'Licht der Kamera',
  zoomLabel: 'Zoom',
  zoomIn: 'Näher',
  zoomOut: 'Weiter weg',
  zoomValue: (value) => `${value < 10 ? value.toFixed(1).replace('.', ',') : Math.round(value)}×`,
  microphoneOff: 'Ton aus',
  microphoneOn: 'Ton an',
  microphoneLabel: 'Mikrofon',
  microphoneWhy:
    'Mit Mikrofon haben Aufnahmen auf deinem Computer Ton; er geht nirgendwo sonst hin.',
  microphoneYes: 'Einschalten',
  notNow: 'Jetzt nicht',
  more: 'Mehr',
  moreLabel: 'Wahl der Kamera und Einzelheiten der Verbindung',
  stop: 'Ende',
  stopLabel: 'Kamera ausschalten und gehen',
  pause: 'Pause',
  pauseLabel: 'Pause: Kamera aus, nichts wird gesendet',
  resume: 'Weiter',
  resumeLabel: 'Weiter mit der Kamera',
  camera: 'Kamera',
  cameraNumber: (n) => `Kamera ${n}`,
  lens: {
    back: 'Hinten', front: 'Vorn', ultraWide: 'Ultraweitwinkel', wide: 'Weitwinkel',
    telephoto: 'Tele', macro: 'Makro', dual: 'Dual', dualWide: 'Dual-Weitwinkel',
    triple: 'Dreifach',
  },
  lensOf: (side, lens) => `${side}, ${lens}`,
  size: 'Größe und Bildrate',
  automatic: 'Automatisch',
  model: 'Modell',
  stats: 'Gesendet wird',
  trust: 'Hat dein Browser vor dieser Seite gewarnt? So hört das auf.',
  recording: 'Aufnahme',
  detecting: {
    running: 'erkennt', loading: 'lädt sein Modell', failed: 'kein Modell', stalled: 'keine Rahmen',
  },
  retry: (s) => `Nächster Versuch in ${s} s`,
  retryNow: 'Jetzt versuchen',
  watchers: (n) => `${n} sehen zu`,
  frameRate: (n) => `${n} Bilder/s`,
  bitrate: (n) => `${n.toFixed(1).replace('.', ',')} Mbit/s`,
  roundTrip: (ms) => `${ms} ms hin und zurück`,
  encoding: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms zum Kodieren eines Bilds`,
  /** Of the encoder. */
  efficient: 'in Hardware',
  limited: { cpu: 'gebremst durch dieses Telefon', bandwidth: 'gebremst durch das Netz' },
  codeLabel: 'oder tippe den Code ein, der daneben steht',
  codeUse: 'Diesen Code nehmen',
  codeBad: 'Ein Code hat 12 Buchstaben und Ziffern. Vergleiche ihn mit dem auf dem Bildschirm.',
  detect: {
    here: 'Auf diesem Telefon erkennen',
    begins: 'Dieses Telefon erkennt jetzt selbst, weil der Computer es so will. Das kostet Akku.',
    ends: 'Der Computer erkennt wieder.',
    loading: (percent) => `Der Detektor wird geladen: ${percent} %`,
    starts: 'Der Detektor startet',
    ready: (took, fps) => `${Math.round(took)} ms je Bild · ${fps} Bilder in der Sekunde`,
    slow: (fps) =>
      `Dieses Telefon ist langsam: ${fps} Bilder in der Sekunde. Der Computer kann es besser.`,
    failed: {
      memory: 'Dieses Telefon hat zu wenig Speicher für den Detektor.',
      engine: 'Dieser Browser kann den Detektor nicht ausführen.',
      model: 'Der Detektor konnte nicht geladen werden.',
    },
  },

  status: {
    ready: 'Bereit',
    asking: 'Warte auf die Kamera',
    connecting: 'Verbinde mit dem Computer',
    live: 'Live',
    reconnecting: 'Verbindung verloren, kommt zurück',
    paused: 'Angehalten',
    stopped: 'Beendet',
    error: 'Nicht verbunden',
  },
  pauses: {
    user: {
      status: 'Angehalten',
      title: 'Angehalten',
      text: 'Kamera und Mikrofon sind aus, und nichts wird gesendet.',
      button: 'Weiter',
    },
    computer: {
      status: 'Vom Computer angehalten',
      title: 'Vom Computer angehalten',
      text: 'Kamera und Mikrofon sind aus, und nichts wird gesendet.',
      button: 'Weiter',
    },
    hidden: {
      status: 'Im Hintergrund angehalten',
      title: 'Angehalten',
      text: 'Die Seite macht weiter, sobald sie wieder vorn ist.',
      button: 'Weiter',
    },
    tap: {
      status: 'Angehalten',
      title: 'Zum Weitermachen tippen',
      text: 'Der Browser möchte ein Tippen, bevor er die Kamera wieder öffnet, oder eine andere ' +
        'App hält sie noch.',
      button: 'Weiter',
    },
    camera: {
      status: 'Angehalten',
      title: 'Etwas anderes hat die Kamera',
      text: 'Ein Anruf oder eine andere App hält sie. Das Bild kommt von selbst zurück, sobald ' +
        'sie frei ist.',
      button: 'Jetzt versuchen',
    },
  },

  hint: {
    approve: 'Wenn der Computer nach diesem Telefon fragt, erlaube es dort.',
    full: 'Der Computer hat so viele Telefone, wie er nehmen kann. Neuer Versuch …',
    locked: 'Von diesem Telefon kamen zu viele falsche Codes, darum lässt der Computer es warten.',
    unreachable:
      'Der Computer antwortet nicht. Ist die App noch offen und dieses Telefon im selben WLAN?',
    blocked: 'Der Computer antwortet, aber das Bild kommt nicht durch. Eine Firewall auf dem ' +
      'Computer oder ein Gäste-WLAN, das Geräte trennt, kann im Weg sein.',
    server: 'Der Computer hatte ein Problem mit der Verbindung. Neuer Versuch …',
    modelLoading: 'Der Computer lädt noch sein Modell. Gleich gibt es Rahmen.',
    modelFailed: 'Der Computer konnte sein Modell nicht laden, deshalb gibt es keine Rahmen.',
    stalled: 'Vom Computer kommen gerade keine Rahmen. Vielleicht ist er ausgelastet.',
    flipFailed: 'Diese Kamera ließ sich nicht öffnen. Zurück zur vorigen.',
    microphoneFailed: 'Das Mikrofon ist nicht erlaubt oder belegt; das Bild geht ohne Ton weiter.',
    torchFailed: 'Das Licht ließ sich nicht schalten.',
    sizeFailed: 'Diese Größe oder Bildrate kann die Kamera nicht.',
  },

  card: {
    ready: {
      title: 'Zeig deinem Computer die Welt',
      text: 'Handlens braucht die Kamera, damit der Computer, dessen Code du gescannt hast, ' +
        'sieht, was du siehst, und markiert, was er findet.',
      button: 'Kamera starten',
      small: 'Das Bild geht über dein eigenes Netz geradewegs zu diesem Computer. Nichts wird ' +
        'installiert oder hochgeladen.',
    },
    asking: {
      title: 'Erlaube die Kamera',
      text: 'Dein Browser fragt nach der Kamera. Tippe auf „Erlauben“, dann geht es weiter.',
    },
    stopped: {
      title: 'Beendet',
      text: 'Die Kamera ist aus, und nichts wird gesendet.',
      button: 'Noch einmal starten',
    },
    ended: {
      title: 'Der Computer hat die Verbindung beendet',
      text: 'Die Kamera ist aus, und nichts wird gesendet.',
      button: 'Wieder verbinden',
    },
  },
  ended: {
    closed: 'Handlens wurde auf dem Computer geschlossen.',
    dismissed: 'Jemand am Computer hat sie beendet.',
    replaced: 'Dieses Telefon hat sich neu verbunden, vielleicht in einem anderen Tab.',
  },

  errors: {
    'no-token': {
      title: 'Scanne den Code noch einmal',
      text: 'Diese Seite wurde ohne den Code geöffnet, der dein Telefon hineinlässt.',
      steps: [
        'Öffne Handlens auf dem Computer.',
        'Richte die Kamera dieses Telefons auf das Quadrat auf dem Bildschirm und tippe auf den ' +
          'Link.',
      ],
      code: true,
    },
    unauthorized: {
      title: 'Dieser Code gilt nicht mehr',
      text: 'Der Computer hat inzwischen einen neuen. Scanne den Code auf seinem Bildschirm.',
      code: true,
    },
    refused: {
      title: 'Der Computer hat Nein gesagt',
      text: 'Er hat dieses Telefon nicht hineingelassen. Frag, wer davor sitzt, und versuch es ' +
        'wieder.',
      button: 'Noch einmal versuchen',
    },
    unacceptable: {
      title: 'Der Computer versteht diesen Browser nicht',
      text: 'Er hat die Art von Video abgelehnt, die dieser Browser anbietet. Aktualisiere den ' +
        'Browser, oder öffne die Seite in einem anderen.',
      button: 'Noch einmal versuchen',
    },
    denied: {
      title: 'Die Kamera ist nicht erlaubt',
      text: 'Ohne sie geht es nicht. So erlaubst du sie:',
      steps: byPlatform({
        ios: [
          'Tippe auf das Zeichen links in Safaris Adresszeile, dann Website-Einstellungen, dann ' +
            'Kamera: Erlauben.',
          'In einem anderen Browser: Öffne die Einstellungen des Telefons, wähle den Browser und ' +
            'schalte Kamera ein.',
          'Komm hierher zurück und tippe auf „Noch einmal versuchen“.',
        ],
        android: [
          'Tippe auf das Zeichen links in der Adresszeile, dann Berechtigungen, und schalte ' +
            'Kamera ein.',
          'Wenn sie dort fehlt: Einstellungen des Telefons, Apps, dein Browser, Berechtigungen, ' +
            'Kamera: Zulassen.',
          'Komm hierher zurück und tippe auf „Noch einmal versuchen“.',
        ],
        other: [
          'Klicke auf das Zeichen links in der Adresszeile und erlaube die Kamera.',
          'Klicke dann auf „Noch einmal versuchen“.',
        ],
      }),
      button: 'Noch einmal versuchen',
    },
    missing: {
      title: 'Keine Kamera gefunden',
      text: 'Dieses Gerät hat keine Kamera, die der Browser benutzen kann.',
      steps: byPlatform({
        ios: [
          'Wenn Bildschirmzeit an ist: Einstellungen, Bildschirmzeit, Beschränkungen, und ' +
            'erlaube Kamera.',
        ],
        android: [
          'Sieh in den Schnelleinstellungen nach, ob der Kamerazugriff für das ganze Telefon aus ' +
            'ist.',
        ],
        other: ['Stecke eine Kamera an, oder scanne den Code mit einem Telefon.'],
      }),
      button: 'Noch einmal versuchen',
    },
    busy: {
      title: 'Die Kamera wird benutzt',
      text:
        'Eine andere App oder ein anderer Tab hält die Kamera, oder sie ist nicht angesprungen.',
      steps: byPlatform({
        ios: [
          'Beende Videoanrufe und schließe andere Tabs, die die Kamera benutzen.',
          'Wenn das nicht hilft, sperre und entsperre das Telefon.',
        ],
        android: [
          'Schließe die Kamera-App, Videoanrufe und andere Tabs, die die Kamera benutzen.',
          'Wenn das nicht hilft, starte das Telefon neu.',
        ],
        other: ['Schließe andere Programme und Tabs, die die Kamera benutzen.'],
      }),
      button: 'Noch einmal versuchen',
    },
    constraints: {
      title: 'Diese Kamera kann das nicht',
      text: 'Keine Kamera dieses Telefons passt zu dem, was verlangt wurde. Der nächste Versuch ' +
        'nimmt irgendeine.',
      button: 'Noch einmal versuchen',
    },
    insecure: {
      title: 'Der Browser hält die Kamera geschlossen',
      text: 'Browser öffnen die Kamera nur auf sicheren Seiten, und diese wurde nicht als solche ' +
        'geöffnet.',
      steps: [
        'Scanne den Code auf dem Bildschirm des Computers noch einmal: Seine Adresse beginnt mit ' +
          'https.',
      ],
    },
    unsupported: {
      title: 'Dieser Browser hat keine Kamera',
      text: 'Die Seite wurde in einer anderen App geöffnet, oder der Browser ist zu alt.',
      steps: byPlatform({
        ios: [
          'Öffne die Seite in Safari: Tippe auf das Teilen- oder Kompass-Zeichen, dann „In ' +
            'Safari öffnen“.',
          'iOS 15 oder neuer wird gebraucht.',
        ],
        android: [
          'Öffne die Seite in Chrome oder Firefox: Tippe auf die drei Punkte, dann „Im Browser ' +
            'öffnen“.',
        ],
        other: ['Öffne die Seite in einem neuen Chrome, Firefox, Edge oder Safari.'],
      }),
    },
    failed: {
      title: 'Die Kamera ist nicht angesprungen',
      text: 'Der Browser hat keinen Grund genannt, den wir kennen.',
      steps: [
        'Schließe diesen Tab und scanne den Code noch einmal.',
        'Wenn das nicht hilft, starte das Telefon neu.',
      ],
      button: 'Noch einmal versuchen',
    },
  },
};
