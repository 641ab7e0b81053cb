// Comment éviter l’avertissement du navigateur, en français.

export const messages = {
  title: 'Plus d’avertissement · Handlens',
  heading: 'Ne plus voir l’avertissement du certificat',
  why: 'Votre ordinateur et votre téléphone se parlent directement, sans entreprise entre les ' +
    'deux. Votre navigateur ne connaît donc personne qui se porte garant de l’ordinateur, et il ' +
    'vous avertit. Handlens fonctionne quand même : vous pouvez passer outre à chaque fois.',
  once: 'Pour ne plus jamais le voir, dites une fois à cet appareil de faire confiance à *votre ' +
    'propre* Handlens. Seul cet ordinateur peut s’en servir, et seulement pour les adresses de ' +
    'votre propre réseau. Cela prend une minute environ.',
  ios: 'iPhone et iPad',
  iosSteps: 'Il y a deux étapes : installer le profil, puis activer la confiance. Téléchargez-le ' +
    'avec Safari.',
  iosDownload: '[Téléchargez le profil] et touchez *Autoriser*.',
  iosInstall: 'Ouvrez *Réglages*. En haut, touchez *Profil téléchargé*, puis *Installer*. (Il ' +
    'n’y est pas ? Réglages, Général, VPN et gestion de l’appareil.)',
  iosTrust: 'Voici la seconde étape : Réglages, *Général*, *Informations*, tout en bas *Réglages ' +
    'de confiance des certificats*. Activez *Handlens*.',
  scan: 'Scannez encore le code sur l’ordinateur.',
  iosUndo: 'Pour revenir en arrière : Réglages, Général, VPN et gestion de l’appareil, Handlens, ' +
    'Supprimer le profil.',
  download: '[Téléchargez le certificat]',
  androidSearch: 'Ouvrez *Paramètres* et cherchez *Certificat CA*. (Il se trouve dans Sécurité ' +
    'et confidentialité, Autres paramètres de sécurité, Chiffrement et identifiants, Installer ' +
    'un certificat.)',
  androidInstall: 'Choisissez *Certificat CA*, puis *Installer quand même*, et prenez ' +
    '*handlens-ca.crt* dans les téléchargements.',
  androidFirefox: 'Dans Firefox, ouvrez aussi Paramètres, À propos de Firefox, touchez cinq fois ' +
    'le logo, revenez et activez *Utiliser des certificats CA tiers* dans les paramètres secrets.',
  androidUndo: 'Pour revenir en arrière : Paramètres, cherchez *Identifiants utilisateur* ou ' +
    '*Identifiants de confiance*, Utilisateur, Handlens, Supprimer.',
  downloadOpen: '[Téléchargez le certificat] et ouvrez-le.',
  windowsInstall: 'Choisissez *Installer un certificat*, *Utilisateur actuel*, puis *Placer tous ' +
    'les certificats dans le magasin suivant* : *Autorités de certification racines de ' +
    'confiance*.',
  windowsConfirm: 'Confirmez et redémarrez le navigateur.',
  windowsUndo: 'Pour revenir en arrière : lancez *certmgr.msc*, Autorités de certification ' +
    'racines de confiance, Certificats, Handlens, Supprimer.',
  macDownload: '[Téléchargez le certificat] et ouvrez-le : Trousseaux d’accès l’ajoute au ' +
    'trousseau de session.',
  macTrust: 'Dans Trousseaux d’accès, double-cliquez sur *Handlens*, ouvrez *Se fier* et réglez ' +
    '*Secure Sockets Layer* sur *Toujours approuver*.',
  macConfirm: 'Fermez la fenêtre, confirmez et redémarrez le navigateur.',
  macUndo: 'Pour revenir en arrière : supprimez Handlens dans Trousseaux d’accès.',
  linuxChrome: 'Chrome : Paramètres, Confidentialité et sécurité, Sécurité, Gérer les ' +
    'certificats ; importez-le sous *Certificats de confiance*.',
  linuxFirefox: 'Firefox : Paramètres, Vie privée et sécurité, Afficher les certificats, ' +
    'Autorités, *Importer*, et cochez *identifier des sites web*.',
  linuxUndo: 'Pour revenir en arrière : supprimez Handlens dans la même liste.',
  authority: 'Ce à quoi vous faites confiance s’appelle {name}. L’empreinte (SHA-256) que votre ' +
    'appareil affiche doit être {fingerprint}',
  back: '[Retour à la caméra]',
};
