// Ce que dit la page du téléphone, en français.

import { byPlatform } from './platform.js';

/** @type {import('./messages.js').Messages} */
export const messages = {
  flip: 'Tourner',
  flipLabel: 'Passer de la caméra arrière à la caméra avant',
  torch: 'Lampe',
  torchLabel: 'Lampe de la caméra',
  zoomLabel: 'Zoom',
  zoomIn: 'Rapprocher',
  zoomOut: 'Éloigner',
  zoomValue: (value) => `${value < 10 ? value.toFixed(1).replace('.', ',') : Math.round(value)}×`,
  microphoneOff: 'Son coupé',
  microphoneOn: 'Son actif',
  microphoneLabel: 'Microphone',
  microphoneWhy: 'Avec le microphone, les enregistrements sur votre ordinateur ont du son ; il ' +
    'ne va nulle part ailleurs.',
  microphoneYes: 'L’activer',
  notNow: 'Pas maintenant',
  more: 'Plus',
  moreLabel: 'Choix de la caméra et détails de la connexion',
  stop: 'Arrêter',
  stopLabel: 'Éteindre la caméra et quitter',
  pause: 'Pause',
  pauseLabel: 'Pause : caméra éteinte, rien n’est envoyé',
  resume: 'Reprendre',
  resumeLabel: 'Reprendre avec la caméra',
  camera: 'Caméra',
  cameraNumber: (n) => `Caméra ${n}`,
  lens: {
    back: 'Arrière', front: 'Avant', ultraWide: 'ultra grand-angle', wide: 'grand-angle',
    telephoto: 'téléobjectif', macro: 'macro', dual: 'double', dualWide: 'double grand-angle',
    triple: 'triple',
  },
  lensOf: (side, lens) => `${side}, ${lens}`,
  size: 'Taille et cadence',
  automatic: 'Automatique',
  model: 'Modèle',
  stats: 'Envoi',
  trust: 'Votre navigateur vous a mis en garde contre cette page ? Voici comment l’éviter.',
  recording: 'Enregistrement',
  detecting: {
    running: 'détecte', loading: 'charge son modèle', failed: 'pas de modèle',
    stalled: 'pas de cadres',
  },
  retry: (s) => `Nouvel essai dans ${s} s`,
  retryNow: 'Essayer maintenant',
  watchers: (n) => `${n} regardent`,
  frameRate: (n) => `${n} i/s`,
  bitrate: (n) => `${n.toFixed(1).replace('.', ',')} Mbit/s`,
  roundTrip: (ms) => `${ms} ms aller-retour`,
  encoding: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms pour encoder une image`,
  /** Of the encoder. */
  efficient: 'par le matériel',
  limited: { cpu: 'freiné par ce téléphone', bandwidth: 'freiné par le réseau' },
  codeLabel: 'ou tapez le code qui se trouve à côté',
  codeUse: 'Utiliser ce code',
  codeBad: 'Un code a 12 lettres et chiffres. Comparez-le à celui de l’écran.',
  detect: {
    here: 'Détecter sur ce téléphone',
    begins: 'Ce téléphone détecte maintenant, à la demande de l’ordinateur. Cela use la batterie.',
    ends: 'L’ordinateur détecte à nouveau.',
    loading: (percent) => `Chargement du détecteur : ${percent} %`,
    starts: 'Le détecteur démarre',
    ready: (took, fps) => `${Math.round(took)} ms par image · ${fps} images par seconde`,
    slow: (fps) =>
      `Ce téléphone est lent : ${fps} images par seconde. L’ordinateur fait mieux.`,
    failed: {
      memory: 'Ce téléphone n’a pas assez de mémoire pour le détecteur.',
      engine: 'Ce navigateur ne peut pas exécuter le détecteur.',
      model: 'Le détecteur n’a pas pu être chargé.',
    },
  },

  status: {
    ready: 'Prêt',
    asking: 'En attente de la caméra',
    connecting: 'Connexion à l’ordinateur',
    live: 'En direct',
    reconnecting: 'Connexion perdue, elle revient',
    paused: 'En pause',
    stopped: 'Arrêté',
    error: 'Non connecté',
  },
  pauses: {
    user: {
      status: 'En pause',
      title: 'En pause',
      text: 'La caméra et le micro sont éteints, et rien n’est envoyé.',
      button: 'Reprendre',
    },
    computer: {
      status: 'Mis en pause par l’ordinateur',
      title: 'Mis en pause par l’ordinateur',
      text: 'La caméra et le micro sont éteints, et rien n’est envoyé.',
      button: 'Reprendre',
    },
    hidden: {
      status: 'En pause à l’arrière-plan',
      title: 'En pause',
      text: 'La page reprend dès qu’elle est de nouveau devant.',
      button: 'Reprendre',
    },
    tap: {
      status: 'En pause',
      title: 'Touchez pour reprendre',
      text: 'Le navigateur veut un toucher avant de rouvrir la caméra, ou une autre app la ' +
        'tient encore.',
      button: 'Reprendre',
    },
    camera: {
      status: 'En pause',
      title: 'Autre chose utilise la caméra',
      text: 'Un appel ou une autre app la tient. L’image revient d’elle-même dès qu’elle est ' +
        'libre.',
      button: 'Essayer maintenant',
    },
  },

  hint: {
    approve: 'Si l’ordinateur demande l’accord pour ce téléphone, donnez-le là-bas.',
    full: 'L’ordinateur a autant de téléphones qu’il peut en prendre. Nouvel essai…',
    locked: 'Trop de codes faux sont venus de ce téléphone : l’ordinateur le fait attendre.',
    unreachable: 'L’ordinateur ne répond pas. L’application est-elle encore ouverte, et ce ' +
      'téléphone est-il sur le même Wi-Fi ?',
    blocked: 'L’ordinateur répond, mais la vidéo ne passe pas. Un pare-feu ou un Wi-Fi invité ' +
      'qui isole les appareils peut en être la cause.',
    server: 'L’ordinateur a eu un problème de connexion. Nouvel essai…',
    modelLoading: 'L’ordinateur charge encore son modèle. Les cadres arrivent.',
    modelFailed: 'L’ordinateur n’a pas pu charger son modèle, donc pas de cadres.',
    stalled: 'Aucun cadre ne vient de l’ordinateur. Il est peut-être trop occupé.',
    flipFailed: 'Cette caméra n’a pas pu être ouverte. Retour à la précédente.',
    microphoneFailed:
      'Le microphone n’est pas autorisé ou est déjà pris ; l’image continue sans le son.',
    torchFailed: 'La lampe n’a pas pu être commandée.',
    sizeFailed: 'La caméra ne peut pas prendre cette taille ou cette cadence.',
  },

  card: {
    ready: {
      title: 'Montrez le monde à votre ordinateur',
      text: 'Handlens a besoin de la caméra pour que l’ordinateur dont vous avez scanné le code ' +
        'voie ce que vous voyez et marque ce qu’il trouve.',
      button: 'Démarrer la caméra',
      small: 'L’image va tout droit à cet ordinateur par votre propre réseau. Rien n’est ' +
        'installé ni téléversé.',
    },
    asking: {
      title: 'Autorisez la caméra',
      text: 'Votre navigateur demande la caméra. Touchez « Autoriser » pour continuer.',
    },
    stopped: {
      title: 'Arrêté',
      text: 'La caméra est éteinte et rien n’est envoyé.',
      button: 'Redémarrer',
    },
    ended: {
      title: 'L’ordinateur a mis fin à la connexion',
      text: 'La caméra est éteinte et rien n’est envoyé.',
      button: 'Se reconnecter',
    },
  },
  ended: {
    closed: 'Handlens a été fermé sur l’ordinateur.',
    dismissed: 'Quelqu’un à l’ordinateur y a mis fin.',
    replaced: 'Ce téléphone s’est reconnecté, peut-être dans un autre onglet.',
  },

  errors: {
    'no-token': {
      title: 'Scannez encore le code',
      text: 'Cette page a été ouverte sans le code qui laisse entrer votre téléphone.',
      steps: [
        'Ouvrez Handlens sur l’ordinateur.',
        'Visez le carré sur son écran avec la caméra de ce téléphone et touchez le lien.',
      ],
      code: true,
    },
    unauthorized: {
      title: 'Ce code n’est plus valable',
      text: 'L’ordinateur en a créé un autre depuis. Scannez le code sur son écran.',
      code: true,
    },
    refused: {
      title: 'L’ordinateur a dit non',
      text: 'Il n’a pas laissé entrer ce téléphone. Demandez à la personne devant l’écran, puis ' +
        'réessayez.',
      button: 'Réessayer',
    },
    unacceptable: {
      title: 'L’ordinateur ne comprend pas ce navigateur',
      text: 'Il a refusé la sorte de vidéo que ce navigateur propose. Mettez-le à jour, ou ' +
        'ouvrez la page dans un autre.',
      button: 'Réessayer',
    },
    denied: {
      title: 'La caméra n’est pas autorisée',
      text: 'Handlens ne peut rien sans elle. Pour l’autoriser :',
      steps: byPlatform({
        ios: [
          'Touchez le symbole à gauche de l’adresse dans Safari, puis Réglages du site web, puis ' +
            'Caméra : Autoriser.',
          'Dans un autre navigateur : ouvrez les Réglages du téléphone, choisissez ce navigateur ' +
            'et activez Appareil photo.',
          'Revenez ici et touchez « Réessayer ».',
        ],
        android: [
          'Touchez le symbole à gauche de l’adresse, puis Autorisations, et activez Appareil ' +
            'photo.',
          'S’il n’y est pas : Paramètres du téléphone, Applications, votre navigateur, ' +
            'Autorisations, Appareil photo : Autoriser.',
          'Revenez ici et touchez « Réessayer ».',
        ],
        other: [
          'Cliquez sur le symbole à gauche de l’adresse et autorisez la caméra.',
          'Puis cliquez sur « Réessayer ».',
        ],
      }),
      button: 'Réessayer',
    },
    missing: {
      title: 'Aucune caméra trouvée',
      text: 'Cet appareil n’a pas de caméra que le navigateur puisse utiliser.',
      steps: byPlatform({
        ios: [
          'Si Temps d’écran est actif : Réglages, Temps d’écran, Contenu et confidentialité, et ' +
            'autorisez Appareil photo.',
        ],
        android: [
          'Voyez dans les réglages rapides si l’accès à la caméra est coupé pour tout le ' +
            'téléphone.',
        ],
        other: ['Branchez une caméra, ou scannez le code avec un téléphone.'],
      }),
      button: 'Réessayer',
    },
    busy: {
      title: 'La caméra est occupée',
      text: 'Une autre application ou un autre onglet tient la caméra, ou elle n’a pas démarré.',
      steps: byPlatform({
        ios: [
          'Terminez les appels vidéo et fermez les autres onglets qui utilisent la caméra.',
          'Si cela ne suffit pas, verrouillez et déverrouillez le téléphone.',
        ],
        android: [
          'Fermez l’appareil photo, les appels vidéo et les autres onglets qui utilisent la ' +
            'caméra.',
          'Si cela ne suffit pas, redémarrez le téléphone.',
        ],
        other: ['Fermez les autres programmes et onglets qui utilisent la caméra.'],
      }),
      button: 'Réessayer',
    },
    constraints: {
      title: 'Cette caméra ne sait pas faire cela',
      text: 'Aucune caméra de ce téléphone ne convient à ce qui était demandé. Le prochain essai ' +
        'prend n’importe laquelle.',
      button: 'Réessayer',
    },
    insecure: {
      title: 'Le navigateur garde la caméra fermée',
      text: 'Les navigateurs n’ouvrent la caméra que sur des pages sûres, et celle-ci n’a pas ' +
        'été ouverte ainsi.',
      steps: [
        'Scannez encore le code sur l’écran de l’ordinateur : son adresse commence par https.',
      ],
    },
    unsupported: {
      title: 'Ce navigateur n’a pas de caméra',
      text: 'La page a été ouverte dans une autre application, ou le navigateur est trop ancien.',
      steps: byPlatform({
        ios: [
          'Ouvrez la page dans Safari : touchez le symbole de partage ou la boussole, puis « ' +
            'Ouvrir dans Safari ».',
          'Il faut iOS 15 ou plus récent.',
        ],
        android: [
          'Ouvrez la page dans Chrome ou Firefox : touchez les trois points, puis « Ouvrir dans ' +
            'le navigateur ».',
        ],
        other: ['Ouvrez la page dans un Chrome, Firefox, Edge ou Safari récent.'],
      }),
    },
    failed: {
      title: 'La caméra n’a pas démarré',
      text: 'Le navigateur n’a donné aucune raison connue.',
      steps: [
        'Fermez cet onglet et scannez encore le code.',
        'Si cela ne suffit pas, redémarrez le téléphone.',
      ],
      button: 'Réessayer',
    },
  },
};
