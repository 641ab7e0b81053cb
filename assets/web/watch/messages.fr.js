// Ce que dit la page des spectateurs, en français.

/** @type {import('./messages.js').Messages} */
export const messages = {
  title: 'Regarder · Handlens',
  phone: 'Téléphone',
  unnamed: 'Un téléphone',
  fullScreen: 'Plein écran',
  small: 'Petite',
  smallLabel: 'Petite fenêtre au-dessus de toutes les autres',
  snapshot: 'Photo',
  snapshotLabel: 'Enregistrer l’image avec ses cadres',
  snapshotSaved: 'L’image est dans vos téléchargements.',
  snapshotFailed: 'L’image n’a pas pu être enregistrée.',
  refusedByBrowser: 'Le navigateur ne le permet pas pour l’instant.',
  detect: 'Détecter ici',
  detectLabel: 'Détecter dans ce navigateur plutôt que sur l’ordinateur',
  more: 'Plus',
  moreLabel: 'Détails et touches',
  play: 'Montrer l’image',
  counts: 'Dans l’image',
  keys: 'Touches : F plein écran, P petite fenêtre, S photo, D détecter ici',
  model: 'Modèle',
  place: 'La détection a lieu',
  stats: 'Connexion',
  retryNow: 'Essayer maintenant',
  retry: (s) => `Prochain essai dans ${s} s`,
  frameRate: (n) => `${n} images/s`,
  delay: (ms) => `${ms} ms de retard`,
  loss: (percent) => `${percent} % perdus en route`,
  codeLabel: 'Tapez le code que l’ordinateur montre aux spectateurs',
  codeUse: 'Utiliser ce code',
  codeBad: 'Un code a 12 lettres et chiffres. Comparez-le avec celui de l’écran.',

  onComputer: 'sur l’ordinateur',
  provider: {
    wasm: 'sur le processeur de cet appareil', webgpu: 'sur la carte graphique de cet appareil',
  },
  pace: (ms, fps) => `${Math.round(ms)} ms, ` +
    `${fps < 10 ? fps.toFixed(1).replace('.', ',') : Math.round(fps)} images/s`,
  loading: (percent) => `Chargement du modèle : ${percent} %`,
  starting: 'Le modèle démarre…',
  slow: 'Cet appareil est trop lent : il lui faut plus d’une seconde par image. L’ordinateur ' +
    'fera peut-être mieux.',
  notHere: {
    noEngine: 'Le Handlens de cet ordinateur n’a pas de moteur pour navigateurs ; la détection y ' +
      'reste.',
    noModel: 'L’ordinateur n’a pas de modèle à fournir pour l’instant.',
    memory: 'Cet appareil n’a pas assez de mémoire pour le modèle. La détection revient à ' +
      'l’ordinateur.',
    engine: 'Ce navigateur ne peut pas exécuter le moteur. La détection revient à l’ordinateur.',
    model: 'Le modèle n’est pas arrivé entier. La détection revient à l’ordinateur.',
    died: 'Le navigateur a mis fin à la détection, peut-être faute de mémoire. Elle revient à ' +
      'l’ordinateur.',
    failed: 'Le modèle ne marche pas dans ce navigateur. La détection revient à l’ordinateur.',
  },

  status: {
    connecting: 'Connexion à l’ordinateur',
    waiting: 'En attente d’un téléphone',
    live: 'En direct',
    muted: 'Pas d’image pour l’instant',
    reconnecting: 'Connexion perdue, elle revient',
    ended: 'Terminé',
    error: 'Pas de connexion',
  },
  muted: {
    blurred: 'Quelque chose est rendu méconnaissable, les spectateurs ne reçoivent donc pas ' +
      'd’image.',
    paused: 'Le téléphone est en pause.',
    other: 'L’ordinateur n’envoie pas d’image pour l’instant.',
  },

  waiting: {
    title: 'En attente d’un téléphone',
    text: 'Aucun téléphone n’envoie d’image. Elle viendra dès qu’il y en aura un.',
  },
  hint: {
    approve: 'Si l’ordinateur pose la question pour ce navigateur, acceptez là-bas.',
    full: 'Il y a autant de spectateurs que permis. Nouvel essai…',
    locked: 'Trop de mauvais codes sont venus de cet appareil ; l’ordinateur le fait attendre.',
    unreachable:
      'L’ordinateur ne répond pas. L’app est-elle ouverte, et cet appareil sur son réseau ?',
    blocked: 'L’ordinateur répond, mais la vidéo ne passe pas. Un pare-feu sur l’ordinateur ou ' +
      'un Wi-Fi invité qui sépare les appareils peut en être la cause.',
    server: 'L’ordinateur a eu un problème avec la connexion. Nouvel essai…',
    modelLoading: 'L’ordinateur charge encore son modèle. Les cadres arrivent bientôt.',
    modelFailed: 'L’ordinateur n’a pas pu charger son modèle, il n’y a donc pas de cadres.',
    picture: 'Connecté. En attente de la première image…',
  },

  ended: {
    title: 'L’ordinateur a mis fin à la connexion',
    text: 'Aucune image n’est plus envoyée ici.',
    button: 'Se reconnecter',
  },
  reasons: {
    'program-closed': 'Handlens a été fermé sur l’ordinateur.',
    'sent-away': 'Quelqu’un y a mis fin sur l’ordinateur.',
  },

  errors: {
    'no-token': {
      title: 'Il manque le code du lien',
      text: 'Cette page a été ouverte sans le code qui permet de regarder. Ouvrez le lien ' +
        'entier, ou scannez le carré que l’ordinateur montre sous « Montrer dans un navigateur ».',
      code: true,
    },
    unauthorized: {
      title: 'Ce lien n’est plus valable',
      text: 'L’ordinateur en a fait un nouveau. Demandez le lien qu’il montre maintenant.',
      code: true,
    },
    unshared: {
      title: 'Personne ne peut regarder',
      text: 'Sur l’ordinateur, « Montrer dans un navigateur » est désactivé. Demandez qu’on ' +
        'l’active.',
      button: 'Réessayer',
    },
    refused: {
      title: 'L’ordinateur a dit non',
      text: 'Il n’a pas laissé ce navigateur regarder. Demandez à qui est devant, puis réessayez.',
      button: 'Réessayer',
    },
    unacceptable: {
      title: 'Ce navigateur ne peut pas lire la vidéo',
      text: 'Le téléphone envoie une vidéo que ce navigateur n’accepte pas. Ouvrez le lien dans ' +
        'un autre navigateur, par exemple Chrome.',
      button: 'Réessayer',
    },
    unsupported: {
      title: 'Ce navigateur ne peut pas montrer l’image',
      text: 'Il est trop ancien, ou WebRTC y est désactivé. Ouvrez le lien dans un Chrome, ' +
        'Firefox, Edge ou Safari récent.',
    },
  },
};
